/** A delivery only moves forward through its states, is fenced by tokens, and keeps its history. */

import { describe, expect, it } from 'vitest';
import type { DeliveryClaim } from '../../src/domain/delivery.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/period.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { CFO, FROZEN_AT, OWNER, plannedLedger, reportToFreeze } from './deliveryFixture.ts';
import { rawDatabase } from './ledgerFixture.ts';

const ID = '2026-Q3.1-1';
const NOW = FROZEN_AT + HOUR_MS;
const MESSAGE = { messageId: '<a@example.com>', bytes: new TextEncoder().encode('Subject: a\r\n') };
const LEASE_MS = 5 * MINUTE_MS;

async function claimed(ledger: Ledger, nowMs = NOW): Promise<DeliveryClaim> {
  const claim = await ledger.deliveries.claim(ID, { worker: 'one', nowMs, leaseMs: LEASE_MS });
  if (claim === undefined) throw new Error('nothing to claim');
  await ledger.deliveries.prepare(claim, MESSAGE);
  return claim;
}

async function handing(ledger: Ledger, nowMs = NOW): Promise<DeliveryClaim> {
  const claim = await claimed(ledger, nowMs);
  await ledger.deliveries.startSending(claim, { nowMs, leaseMs: LEASE_MS });
  return claim;
}

const stateOf = async (ledger: Ledger) => (await ledger.deliveries.list())[0]?.state;
const statesOf = async (ledger: Ledger) =>
  (await ledger.deliveries.events(ID)).map(({ state }) => state);

describe('a claim', () => {
  it('is renewed by a live worker, without a history entry', async () => {
    const { ledger } = await plannedLedger([CFO]);
    const claim = await handing(ledger);
    const later = NOW + LEASE_MS - 1;
    expect(await ledger.deliveries.renewClaim(claim, { nowMs: later, leaseMs: LEASE_MS })).toBe(
      true,
    );
    expect(await ledger.deliveries.expireClaims(NOW + LEASE_MS)).toEqual([]);
    expect(await statesOf(ledger)).toEqual(['waiting', 'claimed', 'handing']);
    expect(await ledger.deliveries.expireClaims(later + LEASE_MS)).toHaveLength(1);
  });

  it('cannot be renewed once its delivery is in doubt, sent, or claimed by another', async () => {
    const { ledger } = await plannedLedger([CFO]);
    const slow = await claimed(ledger);
    const request = { nowMs: NOW + LEASE_MS, leaseMs: LEASE_MS };
    await ledger.deliveries.expireClaims(NOW + LEASE_MS);
    const next = await ledger.deliveries.claim(ID, { worker: 'two', ...request });
    expect(await ledger.deliveries.renewClaim(slow, request)).toBe(false);
    if (next === undefined) throw new Error('nothing to claim');
    expect(await ledger.deliveries.renewClaim(next, request)).toBe(true);
    await ledger.deliveries.startSending(next, request);
    await ledger.deliveries.settle(next, { kind: 'sent', reply: '250 ok' }, request.nowMs);
    expect(await ledger.deliveries.renewClaim(next, request)).toBe(false);
  });
});

describe('planning', () => {
  it('records each message to each address once', async () => {
    const { ledger } = await plannedLedger([CFO, OWNER]);
    const again = [CFO, OWNER, { ...OWNER, deployment: 'code-32b' }, { ...CFO, channel: 'files' }];
    const planned = await ledger.deliveries.plan('2026-Q3.1', again, NOW);
    expect(planned.map(({ id, state, plannedAtMs }) => [id, state, plannedAtMs])).toEqual([
      ['2026-Q3.1-1', 'waiting', FROZEN_AT],
      ['2026-Q3.1-2', 'waiting', FROZEN_AT],
      ['2026-Q3.1-3', 'waiting', NOW],
      ['2026-Q3.1-4', 'waiting', NOW],
    ]);
    expect(planned[1]).toMatchObject(OWNER);
    expect(await ledger.deliveries.list({ edition: '2026-Q3.2' })).toEqual([]);
  });

  it('treats an address with other spelling as the same recipient, in every edition', async () => {
    const { ledger } = await plannedLedger([CFO]);
    const shouted = { ...CFO, recipient: 'CFO@Example.com' };
    expect(await ledger.deliveries.plan('2026-Q3.1', [shouted], NOW)).toHaveLength(1);
    await ledger.deliveries.freezeEdition(reportToFreeze({ runId: 'run-2', number: 2 }), NOW);
    await ledger.deliveries.plan('2026-Q3.2', [shouted], NOW);
    expect((await ledger.deliveries.list()).map(({ state }) => state)).toEqual([
      'failed',
      'waiting',
    ]);
    expect(await ledger.deliveries.unnotifiedTroubles()).toEqual([]);
  });

  it('accepts only existing editions', async () => {
    const { ledger } = await plannedLedger();
    await expect(ledger.deliveries.plan('2026-Q3.9', [CFO], NOW)).rejects.toMatchObject({
      code: 'no-data',
    });
  });

  it('of a later edition cancels unsent deliveries of an older one', async () => {
    const { ledger } = await plannedLedger([CFO, OWNER]);
    await ledger.deliveries.settle(await handing(ledger), { kind: 'sent', reply: '250 ok' }, NOW);
    await ledger.deliveries.freezeEdition(reportToFreeze({ runId: 'run-2', number: 2 }), NOW);
    await ledger.deliveries.plan('2026-Q3.2', [CFO, OWNER], NOW);
    expect((await ledger.deliveries.list()).map(({ id, state }) => [id, state])).toEqual([
      ['2026-Q3.1-1', 'sent'],
      ['2026-Q3.1-2', 'failed'],
      ['2026-Q3.2-1', 'waiting'],
      ['2026-Q3.2-2', 'waiting'],
    ]);
    const late = { ...CFO, recipient: 'cto@example.com' };
    const older = await ledger.deliveries.plan('2026-Q3.1', [CFO, OWNER, late], NOW);
    expect(older.map(({ id, recipient }) => [id, recipient])).toEqual([
      ['2026-Q3.1-1', CFO.recipient],
      ['2026-Q3.1-2', OWNER.recipient],
      ['2026-Q3.1-3', late.recipient],
    ]);
    await ledger.deliveries.plan('2026-Q3.2', [{ ...CFO, channel: 'files' }], NOW);
    const chat = [{ ...CFO, channel: 'files' }];
    expect(await ledger.deliveries.plan('2026-Q3.1', chat, NOW)).toHaveLength(3);
  });
});

describe('handing over', () => {
  it('goes from waiting to sent, and every step is kept', async () => {
    const { ledger, path } = await plannedLedger();
    const claim = await handing(ledger);
    const answer = { kind: 'sent', reply: '250 2.0.0 queued as 4711', code: 250 } as const;
    const sent = await ledger.deliveries.settle(claim, answer, NOW + 1);
    expect(sent).toMatchObject({
      state: 'sent',
      tries: 1,
      sentAtMs: NOW + 1,
      reply: '250 2.0.0 queued as 4711',
      code: 250,
      messageId: MESSAGE.messageId,
    });
    expect(sent).not.toHaveProperty('worker');
    expect(await statesOf(ledger)).toEqual(['waiting', 'claimed', 'handing', 'sent']);
    const db = rawDatabase(path);
    expect(() => db.exec("UPDATE delivery_event SET state = 'x'")).toThrow('has happened');
    expect(() => db.exec('DELETE FROM delivery_event')).toThrow('has happened');
    expect(() => db.exec('DELETE FROM delivery')).toThrow('never forgotten');
  });

  it('is claimed by one worker only', async () => {
    const { ledger } = await plannedLedger();
    await claimed(ledger);
    const request = { worker: 'two', nowMs: NOW, leaseMs: LEASE_MS };
    expect(await ledger.deliveries.claim(ID, request)).toBeUndefined();
    expect(await ledger.deliveries.claim('2026-Q3.1-9', request)).toBeUndefined();
  });

  it('sends the exact bytes of the first attempt', async () => {
    const { ledger } = await plannedLedger();
    await claimed(ledger);
    await ledger.deliveries.expireClaims(NOW + LEASE_MS);
    const request = { worker: 'two', nowMs: NOW + LEASE_MS, leaseMs: LEASE_MS };
    const claim = await ledger.deliveries.claim(ID, request);
    if (claim === undefined) throw new Error('nothing to claim');
    const other = { messageId: '<b@example.com>', bytes: new Uint8Array([1]) };
    expect(Buffer.from(await ledger.deliveries.prepare(claim, other))).toEqual(
      Buffer.from(MESSAGE.bytes),
    );
    expect((await ledger.deliveries.list())[0]?.messageId).toBe(MESSAGE.messageId);
    expect(Buffer.from((await ledger.deliveries.message(ID)) ?? [])).toEqual(
      Buffer.from(MESSAGE.bytes),
    );
  });

  it('fails for a worker that lost its claim, so a slow one cannot send again', async () => {
    const { ledger } = await plannedLedger();
    const slow = await claimed(ledger);
    await ledger.deliveries.expireClaims(NOW + LEASE_MS);
    expect(await stateOf(ledger)).toBe('waiting');
    const lease = { nowMs: NOW + LEASE_MS, leaseMs: LEASE_MS };
    await expect(ledger.deliveries.startSending(slow, lease)).rejects.toMatchObject({
      code: 'lost-claim',
    });
    await ledger.deliveries.claim(ID, { worker: 'two', ...lease });
    await expect(ledger.deliveries.startSending(slow, lease)).rejects.toMatchObject({
      code: 'lost-claim',
    });
    const late = ledger.deliveries.settle(slow, { kind: 'sent', reply: '250' }, NOW);
    await expect(late).rejects.toMatchObject({ code: 'lost-claim' });
    expect(await stateOf(ledger)).toBe('claimed');
  });

  it('cannot be marked as sent before it was begun', async () => {
    const { ledger } = await plannedLedger();
    const claim = await claimed(ledger);
    const sent = ledger.deliveries.settle(claim, { kind: 'sent', reply: '250' }, NOW);
    await expect(sent).rejects.toThrow('a delivery that is claimed cannot become sent');
    expect(await stateOf(ledger)).toBe('claimed');
  });
});

describe('a worker that died', () => {
  it('before handing over leaves the delivery to the next worker, after its lease', async () => {
    const { ledger } = await plannedLedger();
    await claimed(ledger);
    expect(await ledger.deliveries.expireClaims(NOW + LEASE_MS - 1)).toEqual([]);
    const lapsed = await ledger.deliveries.expireClaims(NOW + LEASE_MS);
    expect(lapsed.map(({ state }) => state)).toEqual(['waiting']);
    expect(await ledger.deliveries.unnotifiedTroubles()).toEqual([]);
  });

  it('while handing over leaves it ambiguous, and no worker claims it automatically', async () => {
    const { ledger } = await plannedLedger();
    await handing(ledger);
    await ledger.deliveries.expireClaims(NOW + LEASE_MS);
    expect(await stateOf(ledger)).toBe('ambiguous');
    const request = { worker: 'two', nowMs: NOW + DAY_MS, leaseMs: LEASE_MS };
    expect(await ledger.deliveries.claim(ID, request)).toBeUndefined();
    const [trouble] = await ledger.deliveries.unnotifiedTroubles();
    expect(trouble).toMatchObject({ delivery: ID, state: 'ambiguous' });
    await ledger.deliveries.markNotified([trouble?.ref ?? 0], NOW);
    expect(await ledger.deliveries.unnotifiedTroubles()).toEqual([]);
  });

  it('with a clock a year ahead delays nothing once the clock is right', async () => {
    const { ledger } = await plannedLedger();
    const nextYear = NOW + 365 * DAY_MS;
    await claimed(ledger, nextYear);
    expect((await ledger.deliveries.expireClaims(NOW)).map(({ state }) => state)).toEqual([
      'waiting',
    ]);
    const claim = await handing(ledger, nextYear);
    await ledger.deliveries.settle(claim, { kind: 'deferred', reply: '450 busy' }, nextYear);
    await handing(ledger, NOW);
    expect(await ledger.deliveries.expireClaims(NOW)).toEqual([]);
    expect(await stateOf(ledger)).toBe('handing');
  });

  it('and turns out to be slow can still report its late answer', async () => {
    const { ledger } = await plannedLedger();
    const claim = await handing(ledger);
    await ledger.deliveries.expireClaims(NOW + LEASE_MS);
    await ledger.deliveries.settle(claim, { kind: 'sent', reply: '250 ok' }, NOW + LEASE_MS + 1);
    expect(await stateOf(ledger)).toBe('sent');
  });
});

describe('an answer', () => {
  it('that is temporary is retried after growing pauses, for up to five days', async () => {
    const { ledger } = await plannedLedger();
    const pauses: number[] = [];
    let nowMs = NOW;
    while ((await stateOf(ledger)) !== 'failed') {
      const claim = await claimed(ledger, nowMs);
      const answer = { kind: 'deferred', reply: '450 greylisted', code: 450 } as const;
      const { nextTryAtMs } = await ledger.deliveries.settle(claim, answer, nowMs);
      if (nextTryAtMs === undefined) break;
      const earlyRequest = { worker: 'one', nowMs: nextTryAtMs - 1, leaseMs: LEASE_MS };
      expect(await ledger.deliveries.claim(ID, earlyRequest)).toBeUndefined();
      pauses.push((nextTryAtMs - nowMs) / MINUTE_MS);
      nowMs = nextTryAtMs;
    }
    expect(pauses.slice(0, 7)).toEqual([0.5, 2, 8, 30, 120, 240, 240]);
    expect(nowMs - NOW).toBeLessThanOrEqual(5 * DAY_MS);
    expect(nowMs - NOW).toBeGreaterThan(4.5 * DAY_MS);
    expect(await ledger.deliveries.unnotifiedTroubles()).toMatchObject([
      { state: 'failed', code: 450 },
    ]);
  });

  it('may request a longer pause than ours', async () => {
    const { ledger } = await plannedLedger();
    const claim = await claimed(ledger);
    const answer = { kind: 'deferred', reply: 'slow down', retryAfterMs: HOUR_MS } as const;
    const settled = await ledger.deliveries.settle(claim, answer, NOW);
    expect(settled).toMatchObject({ state: 'deferred', nextTryAtMs: NOW + HOUR_MS });
    expect(settled).not.toHaveProperty('code');
  });

  it('that is permanent is not retried', async () => {
    const { ledger } = await plannedLedger();
    const claim = await claimed(ledger);
    await ledger.deliveries.settle(claim, { kind: 'refused', reply: '550 no', code: 550 }, NOW);
    const request = { worker: 'one', nowMs: NOW + 30 * DAY_MS, leaseMs: LEASE_MS };
    expect(await ledger.deliveries.claim(ID, request)).toBeUndefined();
    expect(await ledger.deliveries.unnotifiedTroubles()).toMatchObject([
      { state: 'refused', detail: '550 no' },
    ]);
  });
});

describe('a manual decision', () => {
  const word = { by: 'ada', note: 'asked the CFO' };

  it.each([
    ['sent', 'sent'],
    ['send-again', 'waiting'],
    ['give-up', 'failed'],
  ] as const)('"%s" ends the doubt: %s', async (as, state) => {
    const { ledger } = await plannedLedger();
    const slow = await handing(ledger);
    await ledger.deliveries.expireClaims(NOW + LEASE_MS);
    expect(await ledger.deliveries.unnotifiedTroubles()).toHaveLength(1);
    const resolved = await ledger.deliveries.resolve(ID, { as, ...word }, NOW + DAY_MS);
    expect(resolved.state).toBe(state);
    const events = await ledger.deliveries.events(ID);
    expect(events.at(-1)).toMatchObject({ state, by: 'ada', detail: `${as}: asked the CFO` });
    // A manual decision is not a trouble to report.
    expect(await ledger.deliveries.unnotifiedTroubles()).toEqual([]);
    // The slow worker can no longer settle the delivery.
    const late = ledger.deliveries.settle(slow, { kind: 'refused', reply: '550' }, NOW + DAY_MS);
    await expect(late).rejects.toMatchObject({ code: 'lost-claim' });
  });

  it('to send again sends the same bytes', async () => {
    const { ledger } = await plannedLedger();
    const claim = await claimed(ledger);
    await ledger.deliveries.settle(claim, { kind: 'refused', reply: '550 no', code: 550 }, NOW);
    await ledger.deliveries.resolve(ID, { as: 'send-again', ...word }, NOW);
    await claimed(ledger);
    expect((await ledger.deliveries.list())[0]).toMatchObject({
      messageId: MESSAGE.messageId,
      tries: 2,
    });
  });

  it('is refused while a worker holds the delivery, or after it was sent', async () => {
    const { ledger } = await plannedLedger();
    const say = (as: 'sent' | 'send-again' | 'give-up') =>
      ledger.deliveries.resolve(ID, { as, ...word }, NOW);
    await expect(say('sent')).rejects.toMatchObject({ code: 'usage' });
    const claim = await handing(ledger);
    await expect(say('sent')).rejects.toMatchObject({ code: 'usage' });
    await ledger.deliveries.settle(claim, { kind: 'sent', reply: '250' }, NOW);
    for (const as of ['sent', 'send-again', 'give-up'] as const) {
      await expect(say(as)).rejects.toMatchObject({ code: 'usage' });
    }
    const unknown = ledger.deliveries.resolve('2026-Q3.1-9', { as: 'sent', ...word }, NOW);
    await expect(unknown).rejects.toMatchObject({ code: 'no-data' });
  });
});
