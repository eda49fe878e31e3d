/** Usage intervals are stored once, later ones replace earlier ones, and unknown stays unknown. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, period } from '../../src/domain/period.ts';
import { type UsageRow, type UsageSeries } from '../../src/domain/usage.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import {
  EVER,
  readAllFacts,
  fetched,
  usageHour,
  JULY,
  JULY_1,
  located,
  NOW,
  scratchFolder,
  scratchLedger,
} from './ledgerFixture.ts';

const usageOf = (...rows: UsageRow[]) => fetched({ usage: located(...rows) }, { sourceId: 'prom' });

async function seriesOf(ledger: Ledger, window = EVER, asOfMs = NOW): Promise<UsageSeries> {
  const found = (await ledger.facts.usage('chat-70b', window, asOfMs)).get('prom');
  if (found === undefined) throw new Error('no usage of chat-70b from prom');
  return found;
}

/** Start in hours after 1 July, length in hours, output tokens. */
async function intervals(ledger: Ledger, asOfMs = NOW): Promise<number[][]> {
  const { length, startMs, endMs, outputTokens } = await seriesOf(ledger, EVER, asOfMs);
  return Array.from({ length }, (_, at) => [
    ((startMs[at] ?? 0) - JULY_1) / HOUR_MS,
    ((endMs[at] ?? 0) - (startMs[at] ?? 0)) / HOUR_MS,
    outputTokens[at] ?? 0,
  ]);
}

describe('usage', () => {
  it('comes back column by column, in time order, with NaN for unknown', async () => {
    const { ledger } = await scratchLedger();
    const bare: UsageRow = {
      sourceId: 'prom',
      deployment: 'chat-70b',
      period: usageHour(0).period,
      uncachedPromptTokens: 9,
      outputTokens: 0,
      estimated: true,
    };
    await ledger.facts.append(usageOf(usageHour(1), bare), JULY_1);
    const series = await seriesOf(ledger);
    expect(series.length).toBe(2);
    expect([...series.startMs]).toEqual([JULY_1, JULY_1 + HOUR_MS]);
    expect([...series.endMs]).toEqual([JULY_1 + HOUR_MS, JULY_1 + 2 * HOUR_MS]);
    expect([...series.uncachedPromptTokens]).toEqual([9, 1_001]);
    expect([...series.cachedPromptTokens]).toEqual([Number.NaN, 100]);
    expect([...series.outputTokens]).toEqual([0, 200]);
    expect([...series.requests]).toEqual([Number.NaN, 5]);
    expect([...series.busyMs]).toEqual([Number.NaN, 1_800_000]);
    expect([...series.replicaMs]).toEqual([Number.NaN, HOUR_MS]);
    expect([...series.estimated]).toEqual([1, 0]);
  });

  it('that was counted is not replaced by an estimate of the same time', async () => {
    const { ledger } = await scratchLedger();
    const guessed = usageHour(0, { outputTokens: 9, estimated: true });
    await ledger.facts.append(usageOf(guessed), JULY_1);
    const counted = await ledger.facts.append(usageOf(usageHour(0)), JULY_1 + 1);
    expect(counted).toMatchObject({ restated: 1 });
    const again = await ledger.facts.append(usageOf(guessed), JULY_1 + 2);
    expect(again).toMatchObject({ added: 0, restated: 0, unchanged: 1 });
    const series = await seriesOf(ledger);
    expect([series.outputTokens[0], series.estimated[0]]).toEqual([200, 0]);
  });

  it('gives way to an estimate that covers more replica time', async () => {
    const { ledger } = await scratchLedger();
    // One replica was seen for the whole hour. A second one, silent until later, is known from the
    // start.
    await ledger.facts.append(usageOf(usageHour(0)), JULY_1);
    const estimate = { outputTokens: 260, estimated: true, countedMs: 2 * HOUR_MS };
    const more = await ledger.facts.append(usageOf(usageHour(0, estimate)), JULY_1 + 1);
    expect(more).toMatchObject({ added: 0, restated: 1, unchanged: 0 });
    const series = await seriesOf(ledger);
    expect([series.outputTokens[0], series.estimated[0]]).toEqual([260, 1]);
  });

  it('is stored with the time that it covers, so that a thinner answer stays coarser', async () => {
    const { ledger } = await scratchLedger();
    const whole = { countedMs: 2 * HOUR_MS };
    await ledger.facts.append(usageOf(usageHour(0)), JULY_1);
    await ledger.facts.append(usageOf(usageHour(0, whole)), JULY_1 + 1);
    const thin = { outputTokens: 150, estimated: true, ...whole };
    const again = await ledger.facts.append(usageOf(usageHour(0, thin)), JULY_1 + 2);
    expect(again).toMatchObject({ restated: 0, unchanged: 1 });
    const less = await ledger.facts.append(usageOf(usageHour(0)), JULY_1 + 3);
    expect(less).toMatchObject({ restated: 0, unchanged: 1 });
  });

  it('is not replaced if it is unknown which one covers more time', async () => {
    const { ledger } = await scratchLedger();
    const { replicaMs: _replicaMs, ...bare } = usageHour(0);
    await ledger.facts.append(usageOf(bare), JULY_1);
    const estimate = { outputTokens: 260, estimated: true, countedMs: 2 * HOUR_MS };
    const again = await ledger.facts.append(usageOf(usageHour(0, estimate)), JULY_1 + 1);
    expect(again).toMatchObject({ unchanged: 1 });
  });

  it('is kept apart by source, and a source without any is absent', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(usageOf(usageHour(0), usageHour(0, { sourceId: 'import' })), JULY_1);
    expect([...(await ledger.facts.usage('chat-70b', JULY, NOW)).keys()]).toEqual([
      'import',
      'prom',
    ]);
    expect((await ledger.facts.usage('nobody', JULY, NOW)).size).toBe(0);
    expect((await ledger.facts.usage('chat-70b', period(0, JULY_1), NOW)).size).toBe(0);
  });

  it('that reaches into the window is found, however long ago it began', async () => {
    const { ledger } = await scratchLedger();
    const long = { period: period(JULY_1 - 9 * DAY_MS, JULY_1 + 1) };
    await ledger.facts.append(usageOf(usageHour(0, long), usageHour(5)), JULY_1);
    const inJuly = await seriesOf(ledger, period(JULY_1, JULY_1 + HOUR_MS));
    expect([...inJuly.startMs]).toEqual([JULY_1 - 9 * DAY_MS]);
    const after = await seriesOf(ledger, period(JULY_1 + 1, JULY_1 + DAY_MS));
    expect([...after.startMs]).toEqual([JULY_1 + 5 * HOUR_MS]);
  });

  it('is stored once when it is pulled twice', async () => {
    const { ledger } = await scratchLedger();
    const pull = usageOf(usageHour(0), usageHour(1), usageHour(2));
    expect(await ledger.facts.append(pull, JULY_1)).toMatchObject({ added: 3 });
    const once = await readAllFacts(ledger);
    expect(await ledger.facts.append(pull, JULY_1 + 1)).toMatchObject({ added: 0, unchanged: 3 });
    expect(await readAllFacts(ledger)).toBe(once);
  });

  it('pulled again for a wider window adds only what is new', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(usageOf(usageHour(1), usageHour(2)), JULY_1);
    const wider = usageOf(usageHour(0), usageHour(1), usageHour(2), usageHour(3));
    expect(await ledger.facts.append(wider, JULY_1 + 1)).toMatchObject({ added: 2, unchanged: 2 });
    expect(await intervals(ledger)).toEqual([0, 1, 2, 3].map((n) => [n, 1, 200]));
  });

  it('that is restated has a new version, and the old one is readable as of its time', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(usageOf(usageHour(0), usageHour(1)), JULY_1);
    const outcome = await ledger.facts.append(
      usageOf(usageHour(1, { outputTokens: 999 })),
      JULY_1 + 10,
    );
    expect(outcome).toMatchObject({ added: 0, restated: 1 });
    expect(await intervals(ledger, JULY_1 + 9)).toEqual([
      [0, 1, 200],
      [1, 1, 200],
    ]);
    expect(await intervals(ledger)).toEqual([
      [0, 1, 200],
      [1, 1, 999],
    ]);
  });

  it('that arrives after the clock was set back is recorded a millisecond later', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(usageOf(usageHour(0, { outputTokens: 2 })), JULY_1 + 10);
    await ledger.facts.append(usageOf(usageHour(0, { outputTokens: 1 })), JULY_1);
    expect(await intervals(ledger)).toEqual([[0, 1, 1]]);
    expect(await intervals(ledger, JULY_1 + 10)).toEqual([[0, 1, 2]]);
    expect(await intervals(ledger, JULY_1 + 11)).toEqual([[0, 1, 1]]);
  });
});

describe('usage on another grid', () => {
  const fiveMinutes = (n: number, outputTokens: number): UsageRow => {
    const startMs = JULY_1 + n * 5 * MINUTE_MS;
    return usageHour(0, { period: period(startMs, startMs + 5 * MINUTE_MS), outputTokens });
  };
  const finer = usageOf(...Array.from({ length: 12 }, (_, n) => fiveMinutes(n, 10)));

  it('replaces what it overlaps, so that no token is counted twice', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(usageOf(usageHour(0), usageHour(1)), JULY_1);
    expect(await ledger.facts.append(finer, JULY_1 + 1)).toMatchObject({ added: 11, restated: 1 });
    const total = (await intervals(ledger)).reduce((sum, [, , tokens = 0]) => sum + tokens, 0);
    expect(total).toBe(12 * 10 + 200);
    expect(await intervals(ledger, JULY_1)).toHaveLength(2);
    const { rows } = await ledger.query('SELECT output_tokens, intervals FROM usage_by_day');
    expect(rows).toEqual([[320, 13]]);
  });

  it('replaces the finer rows when the coarser ones come later', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(finer, JULY_1);
    expect(await ledger.facts.append(usageOf(usageHour(0)), JULY_1 + 1)).toMatchObject({
      restated: 12,
    });
    expect(await intervals(ledger)).toEqual([[0, 1, 200]]);
  });

  it('within one answer is refused: the first interval stays', async () => {
    const { ledger } = await scratchLedger();
    const both = usageOf(usageHour(0), fiveMinutes(3, 10), usageHour(0, { outputTokens: 7 }));
    expect(await ledger.facts.append(both, JULY_1)).toMatchObject({ added: 1, rejected: 2 });
    const once = await readAllFacts(ledger);
    expect(await ledger.facts.append(both, JULY_1 + 1)).toMatchObject({
      unchanged: 1,
      rejected: 2,
    });
    expect(await readAllFacts(ledger)).toBe(once);
  });
});

describe('any order of arrival', () => {
  it('gives the same intervals, in batches of any size', async () => {
    const folder = await scratchFolder();
    let ledgers = 0;
    const hours = Array.from({ length: 12 }, (_, n) => usageHour(n));
    const shuffled = fc.shuffledSubarray(hours, { minLength: hours.length });
    await fc.assert(
      fc.asyncProperty(shuffled, fc.integer({ min: 1, max: 12 }), async (rows, size) => {
        ledgers += 1;
        const path = `${folder}/${ledgers}.db`;
        const ledger = await openLedger(path, { clock: settableClock(JULY_1) });
        for (let at = 0; at < rows.length; at += size) {
          await ledger.facts.append(usageOf(...rows.slice(at, at + size)), JULY_1 + at);
        }
        const found = await intervals(ledger);
        await ledger.close();
        expect(found).toEqual(hours.map((_, n) => [n, 1, 200]));
      }),
      { numRuns: 15 },
    );
  });

  it('is read whole across pages', async () => {
    const { ledger } = await scratchLedger();
    const minute = (n: number): UsageRow => {
      const startMs = JULY_1 + n * MINUTE_MS;
      return usageHour(0, { period: period(startMs, startMs + MINUTE_MS), outputTokens: n });
    };
    const usage = Array.from({ length: 10_000 }, (_, n) => ({ position: n, fact: minute(n) }));
    await ledger.facts.append(fetched({ usage }), JULY_1);
    // A version on each side of the end of the first page.
    await ledger.facts.append(
      usageOf({ ...minute(2_047), outputTokens: 1 }, { ...minute(2_048), outputTokens: 2 }),
      JULY_1 + 1,
    );
    const series = await seriesOf(ledger);
    expect(series.length).toBe(10_000);
    expect([...series.outputTokens.subarray(2_046, 2_050)]).toEqual([2_046, 1, 2, 2_049]);
    expect(new Set(series.startMs).size).toBe(10_000);
  });
});
