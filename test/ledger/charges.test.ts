/**
 * Charges in the ledger: stored once, restated when they change, withdrawn when they disappear from
 * the bill.
 */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exact } from '../../src/domain/exact.ts';
import { nanoUsd, sumNano } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import {
  charge,
  EVER,
  readAllFacts,
  fetched,
  JULY,
  JULY_1,
  located,
  NOW,
  rawDatabase,
  scratchFolder,
  scratchLedger,
} from './ledgerFixture.ts';

describe('a charge', () => {
  it('keeps its resource name after the pod left the inventory', async () => {
    const { ledger } = await scratchLedger();
    const named = { resourceName: 'chat-70b-1', gpuType: 'H100-80GB', gpuCount: 2 };
    const stored = charge('pod/a/1', 1_500_000, { ...named, quantity: exact(1n), unit: 'Hours' });
    await ledger.facts.append(fetched({ charges: located(stored) }), JULY_1);
    const bare = charge('pod/a/1', 1_500_000);
    const again = await ledger.facts.append(fetched({ charges: located(bare) }), JULY_1 + 1);
    expect(again).toMatchObject({ added: 0, restated: 0, unchanged: 1 });
    const raised = charge('pod/a/1', 1_600_000);
    const restated = await ledger.facts.append(fetched({ charges: located(raised) }), JULY_1 + 2);
    expect(restated).toMatchObject({ restated: 1 });
    const [kept] = await ledger.facts.charges(EVER, NOW);
    expect(kept).toMatchObject({ ...named, version: 2 });
    expect(kept?.quantity).toBeUndefined();
  });

  it('keeps its pricing class when a later answer only presumes one', async () => {
    const { ledger } = await scratchLedger();
    const presumed = charge('pod/a/1', 1_500_000, { isClassPresumed: true });
    const stored = charge('pod/a/1', 1_500_000, { pricingClass: 'community' });
    const classes: (string | undefined)[] = [];
    for (const [at, one] of [presumed, stored, presumed].entries()) {
      await ledger.facts.append(fetched({ charges: located(one) }), JULY_1 + at);
      classes.push((await ledger.facts.charges(EVER, NOW))[0]?.pricingClass);
    }
    expect(classes).toEqual(['on-demand', 'community', 'community']);
    const restated = await ledger.facts.append(
      fetched({ charges: located({ ...presumed, billed: nanoUsd(7n) }) }),
      JULY_1 + 3,
    );
    expect(restated).toMatchObject({ restated: 1 });
    expect((await ledger.facts.charges(EVER, NOW))[0]).toMatchObject({
      pricingClass: 'community',
      billed: 7n,
    });
  });

  it('comes back unchanged, with its version and the fetch that brought it', async () => {
    const { ledger } = await scratchLedger();
    const full = charge('pod/a/1', 1_500_000, {
      resourceName: 'chat-70b-1',
      list: nanoUsd(2_000_000_000n),
      effective: nanoUsd(-1n),
      quantity: exact(1n, 3n),
      unit: 'Hours',
      gpuType: 'H100-80GB',
      gpuCount: 2,
      tags: { team: 'search', env: 'prod' },
    });
    const { fetchRef } = await ledger.facts.append(fetched({ charges: located(full) }), JULY_1);
    expect(await ledger.facts.charges(JULY, NOW)).toEqual([
      { ...full, version: 1, recordedAtMs: JULY_1, fetchRef },
    ]);
  });

  it('keeps every nano-dollar of an amount beyond 2^53', async () => {
    const { ledger } = await scratchLedger();
    const billed = nanoUsd(9_007_199_254_740_993n);
    await ledger.facts.append(
      fetched({ charges: located(charge('pod/a', 0, { billed })) }),
      JULY_1,
    );
    expect((await ledger.facts.charges(JULY, NOW))[0]?.billed).toBe(billed);
    const { rows } = await ledger.query('SELECT sum(spend_nano_usd) FROM spend_by_day');
    expect(rows).toEqual([[billed]]);
  });

  it('is stored once when it is pulled twice', async () => {
    const { ledger } = await scratchLedger();
    const pull = fetched({ charges: located(charge('pod/a', 5), charge('pod/b', 7)) });
    expect(await ledger.facts.append(pull, JULY_1)).toMatchObject({
      added: 2,
      restated: 0,
      unchanged: 0,
    });
    const once = await readAllFacts(ledger);
    expect(await ledger.facts.append(pull, JULY_1 + 1)).toMatchObject({ added: 0, unchanged: 2 });
    expect(await readAllFacts(ledger)).toBe(once);
  });

  it('is found if its period overlaps the window, but not if it only touches it', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(fetched({ charges: located(charge('pod/a', 5)) }), JULY_1);
    const day = (n: number) => period(JULY_1 + n * DAY_MS, JULY_1 + (n + 1) * DAY_MS);
    expect(await ledger.facts.charges(day(0), NOW)).toHaveLength(1);
    expect(await ledger.facts.charges(day(1), NOW)).toHaveLength(0);
    expect(await ledger.facts.charges(day(-1), NOW)).toHaveLength(0);
  });
});

describe('a restated charge', () => {
  it('is a new version, and the old one stays readable as of its time', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(fetched({ charges: located(charge('pod/a', 5)) }), JULY_1);
    const outcome = await ledger.facts.append(
      fetched({ charges: located(charge('pod/a', 6)) }),
      JULY_1 + 10,
    );
    expect(outcome).toMatchObject({ added: 0, restated: 1, unchanged: 0 });
    const asOf = async (atMs: number) =>
      (await ledger.facts.charges(JULY, atMs)).map(({ billed, version }) => [billed, version]);
    expect(await asOf(JULY_1 - 1)).toEqual([]);
    expect(await asOf(JULY_1 + 9)).toEqual([[5_000n, 1]]);
    expect(await asOf(JULY_1 + 10)).toEqual([[6_000n, 2]]);
    expect((await ledger.query('SELECT spend_nano_usd FROM spend_by_day')).rows).toEqual([[6_000]]);
  });

  it('may differ in its description alone', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(fetched({ charges: located(charge('pod/a', 5)) }), JULY_1);
    const named = charge('pod/a', 5, { resourceName: 'chat-70b-1' });
    const outcome = await ledger.facts.append(fetched({ charges: located(named) }), JULY_1 + 10);
    expect(outcome).toMatchObject({ restated: 1 });
  });

  it('gets one more version when it goes back to an earlier value', async () => {
    const { ledger } = await scratchLedger();
    for (const [at, usd] of [5, 6, 5].entries()) {
      await ledger.facts.append(fetched({ charges: located(charge('pod/a', usd)) }), JULY_1 + at);
    }
    expect(await ledger.facts.charges(JULY, NOW)).toMatchObject([{ version: 3, billed: 5_000n }]);
  });

  it('counts once if one answer has its key twice; the second row is refused', async () => {
    const { ledger } = await scratchLedger();
    const twice = fetched({ charges: located(charge('pod/a', 5), charge('pod/a', 6)) });
    expect(await ledger.facts.append(twice, JULY_1)).toMatchObject({ added: 1, rejected: 1 });
    const once = await readAllFacts(ledger);
    expect(await ledger.facts.append(twice, JULY_1 + 1)).toMatchObject({
      unchanged: 1,
      rejected: 1,
    });
    expect(await readAllFacts(ledger)).toBe(once);
    const { rows } = await ledger.query('SELECT reason FROM reject');
    expect(rows[0]?.[0]).toContain('this response has the charge "pod/a" twice');
  });
});

describe('a complete answer', () => {
  const complete = (usd: Record<string, number>, window = JULY) =>
    fetched({
      charges: located(...Object.entries(usd).map(([key, amount]) => charge(key, amount))),
      completeFor: { keyPrefix: 'pod/', window },
    });

  it('withdraws charges that it no longer has; they stay readable as of their time', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(complete({ 'pod/a': 5, 'pod/b': 7 }), JULY_1);
    const outcome = await ledger.facts.append(complete({ 'pod/b': 7 }), JULY_1 + 10);
    expect(outcome).toMatchObject({ restated: 1, unchanged: 1, warnings: [] });
    const keys = async (atMs: number) =>
      (await ledger.facts.charges(JULY, atMs)).map(({ key }) => key);
    expect(await keys(JULY_1 + 9)).toEqual(['pod/a', 'pod/b']);
    expect(await keys(JULY_1 + 10)).toEqual(['pod/b']);
    const { rows } = await ledger.query(
      `SELECT version, billed_nano_usd, withdrawn FROM charge WHERE charge_key = 'pod/a'`,
    );
    expect(rows).toEqual([
      [1, 5_000, 0],
      [2, 0, 1],
    ]);
  });

  it('withdraws a charge once, and restores it when it reappears', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(complete({ 'pod/a': 5, 'pod/b': 7 }), JULY_1);
    await ledger.facts.append(complete({ 'pod/b': 7 }), JULY_1 + 1);
    const withdrawn = await readAllFacts(ledger);
    expect(await ledger.facts.append(complete({ 'pod/b': 7 }), JULY_1 + 2)).toMatchObject({
      restated: 0,
    });
    expect(await readAllFacts(ledger)).toBe(withdrawn);
    await ledger.facts.append(complete({ 'pod/a': 5, 'pod/b': 7 }), JULY_1 + 3);
    expect(await ledger.facts.charges(JULY, NOW)).toMatchObject([{ version: 3 }, { version: 1 }]);
  });

  it('without any charge withdraws nothing and says so', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(complete({ 'pod/a': 5 }), JULY_1);
    const outcome = await ledger.facts.append(complete({}), JULY_1 + 1);
    expect(outcome).toMatchObject({ restated: 0 });
    expect(outcome.warnings).toEqual([
      { code: 'nothing-withdrawn', keyPrefix: 'pod/', knownCharges: 1 },
    ]);
    expect(await ledger.facts.charges(JULY, NOW)).toHaveLength(1);
  });

  it('withdraws nothing of another prefix or source, or outside its window', async () => {
    const { ledger } = await scratchLedger();
    const late = charge('pod/late', 1, { period: period(JULY.endMs - HOUR_MS, JULY.endMs + 1) });
    const others = [charge('endpoint/x', 1), charge('pod/y', 1, { sourceId: 'other' }), late];
    await ledger.facts.append(fetched({ charges: located(...others) }), JULY_1);
    await ledger.facts.append(complete({ 'pod/b': 7 }), JULY_1 + 1);
    expect(await ledger.facts.charges(JULY, NOW)).toHaveLength(4);
  });

  it('withdraws nothing if it failed', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(complete({ 'pod/a': 5 }), JULY_1);
    const failed = { ...complete({ 'pod/b': 1 }) };
    const failure = { code: 'malformed', message: 'cut short' } as const;
    await ledger.facts.append({ ...failed, fetch: { ...failed.fetch, failure } }, JULY_1 + 1);
    expect(await ledger.facts.charges(JULY, NOW)).toHaveLength(2);
  });
});

describe('the days of a charge', () => {
  it('sum to it exactly, in whole micro-dollars if the bill was', async () => {
    const { ledger } = await scratchLedger();
    const span = period(JULY_1, JULY_1 + 1.5 * DAY_MS);
    await ledger.facts.append(
      fetched({ charges: located(charge('pod/a', 1_000_000, { period: span })) }),
      JULY_1,
    );
    const { rows } = await ledger.query(
      'SELECT day, spend_usd, spend_micro_usd, spend_nano_usd FROM spend_by_day ORDER BY day',
    );
    expect(rows).toEqual([
      ['2026-07-01', 0.666667, 666_667, 666_667_000],
      ['2026-07-02', 0.333333, 333_333, 333_333_000],
    ]);
  });
});

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => a.localeCompare(b);

describe('the order of arrival', () => {
  it('decides: the last charge of a key counts, whatever the clock was', async () => {
    const folder = await scratchFolder();
    let ledgers = 0;
    const event = fc.record({ key: fc.constantFrom('pod/a', 'pod/b'), usd: fc.nat(3) });
    const run = async (appends: readonly { key: string; usd: number; at: number }[]) => {
      ledgers += 1;
      const path = `${folder}/${ledgers}.db`;
      const ledger = await openLedger(path, { clock: settableClock(JULY_1) });
      for (const { key, usd, at } of appends) {
        await ledger.facts.append(fetched({ charges: located(charge(key, usd)) }), JULY_1 + at);
      }
      const found = await ledger.facts.charges(EVER, NOW);
      await ledger.close();
      return found.map(({ key, billed }) => ({ key, billed }));
    };
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 5 }), async (events) => {
        // The amounts of one key are distinct. A confirmation in between would leave no trace.
        const timed = events.map((one, at) => ({ ...one, usd: one.usd * 10 + at, at }));
        for (const arrived of [timed, timed.toReversed()]) {
          const newest = new Map(arrived.map(({ key, usd }) => [key, BigInt(usd) * 1_000n]));
          const expected = [...newest].sort(byName).map(([key, billed]) => ({ key, billed }));
          expect(await run(arrived)).toEqual(expected);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('does not change the sum of the days', async () => {
    const { ledger, path } = await scratchLedger();
    await ledger.facts.append(
      fetched({ charges: located(charge('pod/a', 5), charge('pod/b', 11)) }),
      JULY_1,
    );
    const db = rawDatabase(path);
    const days = db.prepare('SELECT sum(billed_nano_usd) FROM charge_day').pluck().get();
    const billed = sumNano((await ledger.facts.charges(JULY, NOW)).map((one) => one.billed));
    expect(BigInt(days as number)).toBe(billed);
  });
});
