/** Tests when a quarter's report is due: business days, holidays, fiscal years, clock changes. */

import { describe, expect, it } from 'vitest';
import { type DueRule, newestDueQuarter, reportDueMs } from '../../src/calendar/reportDue.ts';
import { instantText, parseInstant } from '../../src/domain/period.ts';
import { quarterText } from '../../src/calendar/quarter.ts';

const RULE: DueRule = {
  startMonth: 1,
  businessDayOfQuarter: 5,
  at: '07:00',
  timeZone: 'Europe/Paris',
  holidays: new Set(),
};

const Q3 = { year: 2026, number: 3 } as const;

function due(options: Partial<DueRule>): string {
  return instantText(reportDueMs(Q3, { ...RULE, ...options }));
}

function newest(now: string, options: Partial<DueRule> = {}): string {
  return quarterText(newestDueQuarter(parseInstant(now) ?? Number.NaN, { ...RULE, ...options }));
}

describe('the report of a quarter', () => {
  it('is due on the n-th business day after its end, at the local hour', () => {
    expect(due({})).toBe('2026-10-07T05:00:00Z');
    expect(due({ businessDayOfQuarter: 1 })).toBe('2026-10-01T05:00:00Z');
    expect(due({ timeZone: 'UTC' })).toBe('2026-10-07T07:00:00Z');
    expect(due({ timeZone: 'Pacific/Auckland' })).toBe('2026-10-06T18:00:00Z');
  });

  it('waits for holidays to pass, and counts none twice', () => {
    expect(due({ holidays: new Set(['2026-10-01', '2026-10-07']) })).toBe('2026-10-09T05:00:00Z');
    expect(due({ holidays: new Set(['2026-10-03']) })).toBe('2026-10-07T05:00:00Z');
  });

  it('follows the fiscal year and standard time', () => {
    expect(due({ startMonth: 2 })).toBe('2026-11-06T06:00:00Z');
    expect(due({ businessDayOfQuarter: 18 })).toBe('2026-10-26T06:00:00Z');
  });
});

describe('the newest quarter that is due', () => {
  it('is the previous one until the minute has come', () => {
    expect(newest('2026-10-07T04:59:59Z')).toBe('2026-Q2');
    expect(newest('2026-10-07T05:00:00Z')).toBe('2026-Q3');
    expect(newest('2026-12-31T23:00:00Z')).toBe('2026-Q3');
  });

  it('follows the local calendar where the year turns earlier there', () => {
    const options = { timeZone: 'Pacific/Auckland', businessDayOfQuarter: 1, at: '00:00' };
    expect(newest('2026-12-31T10:59:00Z', options)).toBe('2026-Q3');
    expect(newest('2026-12-31T11:00:00Z', options)).toBe('2026-Q4');
  });
});
