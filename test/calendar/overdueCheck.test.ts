/** Tests when the check for an overdue report alerts, and when it does not. */

import { describe, expect, test } from 'vitest';
import {
  checkOverdue,
  type OverdueWatch,
  type ReportDelivery,
} from '../../src/calendar/reportDue.ts';
import type { DeliveryState } from '../../src/domain/delivery.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';

/** The report of 2026-Q3 is due on 7 October at 07:00 in Paris. */
const DUE = Date.UTC(2026, 9, 7, 5);

const watch = (change: Partial<OverdueWatch> = {}): OverdueWatch => ({
  rule: {
    startMonth: 1,
    businessDayOfQuarter: 5,
    at: '07:00',
    timeZone: 'Europe/Paris',
    holidays: new Set(),
  },
  graceMs: DAY_MS,
  beganMs: Date.UTC(2026, 6, 1),
  nowMs: DUE + 2 * DAY_MS,
  ...change,
});

const CFO = { channel: 'mail', recipient: 'cfo@example.com' };
const CEO = { channel: 'mail', recipient: 'ceo@example.com' };
const sent = { ...CFO, state: 'sent', role: 'leader', sentAtMs: DUE + HOUR_MS } as const;
const toCeo = (state: DeliveryState): ReportDelivery => ({ ...CEO, role: 'leader', state });

describe('a report that was due', () => {
  test('and was never sent is overdue once the grace period is over, and not before', () => {
    const nobody = { readers: 0, have: 0, missing: [] };
    const due = { quarter: '2026-Q3', dueMs: DUE, ...nobody };
    expect(checkOverdue(watch({ nowMs: DUE }), [])).toEqual({ kind: 'due', ...due });
    expect(checkOverdue(watch({ nowMs: DUE + DAY_MS }), [])).toEqual({ kind: 'due', ...due });
    expect(checkOverdue(watch({ nowMs: DUE + DAY_MS + 1 }), [])).toEqual({
      kind: 'overdue',
      ...due,
    });
    expect(checkOverdue(watch({ graceMs: 0, nowMs: DUE + 1 }), [])).toEqual({
      kind: 'overdue',
      ...due,
    });
  });

  test('and went out is reported with the time at which the first reader had it', () => {
    const later = { ...sent, role: 'finance', sentAtMs: DUE + DAY_MS } as const;
    expect(checkOverdue(watch(), [later, sent])).toEqual({
      kind: 'sent',
      quarter: '2026-Q3',
      dueMs: DUE,
      sentMs: DUE + HOUR_MS,
    });
  });

  test.each(['waiting', 'claimed', 'handing', 'deferred'] as const)(
    'and that a leader still waits for (%s) has not gone out',
    (state) => {
      expect(checkOverdue(watch(), [sent, toCeo(state)]).kind).toBe('overdue');
      expect(checkOverdue(watch(), [sent, { ...CEO, state, role: 'finance' }]).kind).toBe('sent');
    },
  );

  test.each(['refused', 'failed', 'ambiguous'] as const)(
    'and was %s to all has not gone out; to one of several it is reported then',
    (state) => {
      expect(checkOverdue(watch(), [toCeo(state)]).kind).toBe('overdue');
      expect(checkOverdue(watch(), [sent, toCeo(state)]).kind).toBe('sent');
    },
  );

  test('and reached finance only, while every leader was refused, has not gone out', () => {
    const tables = { ...sent, role: 'finance' } as const;
    expect(checkOverdue(watch(), [tables, toCeo('refused')]).kind).toBe('overdue');
    expect(checkOverdue(watch(), [tables]).kind).toBe('sent');
  });
});

describe('a report with several leaders', () => {
  test('reports how many have it, and what became of the messages to the others', () => {
    const letters = [
      sent,
      toCeo('deferred'),
      { ...toCeo('refused'), recipient: 'coo@example.com' },
    ];
    expect(checkOverdue(watch(), letters)).toMatchObject({
      kind: 'overdue',
      readers: 3,
      have: 1,
      missing: [
        { recipient: 'ceo@example.com', state: 'deferred' },
        { recipient: 'coo@example.com', state: 'refused' },
      ],
    });
  });

  test('has not gone out while a leader was never planned for, even if others asked', () => {
    const me = { ...sent, recipient: 'me@example.com' };
    expect(checkOverdue(watch(), [me], [CFO])).toMatchObject({
      kind: 'overdue',
      readers: 2,
      have: 1,
      missing: [{ recipient: 'cfo@example.com' }],
    });
    expect(checkOverdue(watch(), [sent], [{ ...CFO, recipient: 'CFO@example.com' }]).kind).toBe(
      'sent',
    );
    expect(checkOverdue(watch(), [sent], [{ ...CFO, channel: 'chat' }]).kind).toBe('overdue');
  });

  test('has gone out while a correction is under way to those who have the first edition', () => {
    const correction = { ...toCeo('deferred'), ...CFO };
    expect(checkOverdue(watch(), [sent, correction])).toMatchObject({
      kind: 'sent',
      sentMs: DUE + HOUR_MS,
    });
    expect(checkOverdue(watch(), [sent, correction, toCeo('waiting')]).kind).toBe('overdue');
  });
});

describe('nothing is due', () => {
  test('in an empty ledger', () => {
    const { beganMs: _, ...empty } = watch();
    expect(checkOverdue(empty, [])).toEqual({ kind: 'nothing-due' });
  });

  test('from before the ledger began', () => {
    expect(checkOverdue(watch({ beganMs: DUE + 1 }), []).kind).toBe('nothing-due');
    expect(checkOverdue(watch({ beganMs: DUE }), []).kind).toBe('overdue');
  });
});

test('a newly due quarter replaces the previous one', () => {
  const nowMs = Date.UTC(2027, 0, 20);
  const next = checkOverdue(watch({ nowMs }), []);
  expect(next).toMatchObject({ kind: 'overdue', quarter: '2026-Q4' });
});
