/** Other usage facts: stored once, restated, withdrawn, read as of a time, undone. */

import { describe, expect, it } from 'vitest';
import { HOUR_MS, period } from '../../src/domain/period.ts';
import type { UsagePart } from '../../src/domain/usageFacts.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import {
  EVER,
  readAllFacts,
  fetched,
  usageHour,
  JULY_1,
  located,
  NOW,
  rawDatabase,
  scratchLedger,
} from './ledgerFixture.ts';

const H = HOUR_MS;
const ofHour = (n: number) => period(JULY_1 + n * H, JULY_1 + (n + 1) * H);

/**
 * Part of the n-th hour, whose row has 1,100 + n prompt tokens, 100 of them cached, and 200 output
 * tokens.
 */
function part(n: number, overrides: Partial<UsagePart> = {}): UsagePart {
  return {
    sourceId: 'prom',
    deployment: 'chat-70b',
    period: ofHour(n),
    uncachedPromptTokens: 300,
    cachedPromptTokens: 40,
    outputTokens: 50,
    requests: 2,
    ...overrides,
  };
}

const FETCH = { sourceId: 'prom', kind: 'prometheus.usage' };

async function partsOf(ledger: Ledger, asOfMs = NOW) {
  return (await ledger.facts.usageFacts('chat-70b', EVER, asOfMs)).parts;
}

const ACME = part(0, { tenant: 'acme', demand: 'user' });
const LOAD_TEST = part(0, { demand: 'benchmark', outputTokens: 140 });

const HOSTILE = part(0, {
  tenant: "'; DROP TABLE usage; --",
  cachedPromptTokens: 20,
  outputTokens: 10,
  requests: 1,
});

describe('facts of usage', () => {
  it('of one answer come back as stored, in the order of their names', async () => {
    const { ledger } = await scratchLedger();
    const latency = {
      sourceId: 'prom',
      deployment: 'chat-70b',
      period: ofHour(0),
      measure: 'time-to-first-token' as const,
      boundsSeconds: [0.1, 0.5, 1],
      counts: [10, 30, 9, 1],
    };
    const activity = {
      sourceId: 'prom',
      deployment: 'chat-70b',
      period: ofHour(0),
      gpuMs: 7_200_000,
      gpuUtilMillionths: 850_000,
    };
    const counts = {
      sourceId: 'prom',
      deployment: 'chat-70b',
      period: ofHour(0),
      answered: 7,
      failed: 1,
      escalated: 8,
      tokens: 12_000,
    };
    await ledger.facts.append(
      fetched(
        {
          usage: located(usageHour(0)),
          usageParts: located(ACME, LOAD_TEST, HOSTILE),
          latency: located(latency),
          gpuActivity: located(activity),
          requestCounts: located(counts),
        },
        FETCH,
      ),
      JULY_1,
    );
    const facts = await ledger.facts.usageFacts('chat-70b', ofHour(0), NOW);
    expect(facts.parts).toEqual([HOSTILE, LOAD_TEST, ACME]);
    expect([facts.latency, facts.gpuActivity, facts.requestCounts]).toEqual([
      [latency],
      [activity],
      [counts],
    ]);
    const next = await ledger.facts.usageFacts('chat-70b', ofHour(1), NOW);
    expect(next).toEqual({ parts: [], latency: [], gpuActivity: [], requestCounts: [] });
  });

  it('are stored once when they are reported twice', async () => {
    const { ledger } = await scratchLedger();
    const answer = fetched(
      { usage: located(usageHour(0)), usageParts: located(ACME, LOAD_TEST) },
      FETCH,
    );
    await ledger.facts.append(answer, JULY_1);
    const before = await readAllFacts(ledger);
    expect(await ledger.facts.append(answer, JULY_1 + 1)).toMatchObject({ added: 0, unchanged: 3 });
    expect(await readAllFacts(ledger)).toBe(before);
  });

  it('are restated by a later answer, and read as of an earlier time as they were', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(
      fetched({ usage: located(usageHour(0)), usageParts: located(ACME, LOAD_TEST) }, FETCH),
      JULY_1,
    );
    const more = { ...ACME, outputTokens: 60 };
    const outcome = await ledger.facts.append(
      fetched({ usage: located(usageHour(0)), usageParts: located(more, LOAD_TEST) }, FETCH),
      JULY_1 + 10,
    );
    expect(outcome).toMatchObject({ restated: 1, unchanged: 2 });
    expect(await partsOf(ledger)).toEqual([LOAD_TEST, more]);
    expect(await partsOf(ledger, JULY_1 + 5)).toEqual([LOAD_TEST, ACME]);
  });

  it('keep nothing of a time that is reported again under other names', async () => {
    const { ledger } = await scratchLedger();
    const first = {
      usage: located(usageHour(0), usageHour(1)),
      usageParts: located(ACME, part(1)),
    };
    await ledger.facts.append(fetched(first, FETCH), JULY_1);
    const other = part(0, { team: 'search' });
    await ledger.facts.append(fetched({ usageParts: located(other) }, FETCH), JULY_1 + 1);
    expect(await partsOf(ledger)).toEqual([other, part(1)]);
  });

  it('refuse parts that sum to more than the whole, with both figures', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(fetched({ usage: located(usageHour(0)) }, FETCH), JULY_1);
    const tooMuch = part(0, { tenant: 'b', outputTokens: 151 });
    const outcome = await ledger.facts.append(
      fetched({ usageParts: located(ACME, tooMuch) }, FETCH),
      JULY_1 + 1,
    );
    expect(outcome.refused.map(({ position, reason }) => [position, reason])).toEqual(
      [0, 1].map((position) => [
        position,
        'the parts of "chat-70b" from 2026-07-01T00:00:00Z to 2026-07-01T01:00:00Z add up ' +
          'to 201 output tokens, more than the 200 of the whole',
      ]),
    );
    expect(await partsOf(ledger)).toEqual([]);
  });

  it.each([
    ['prompt tokens', { uncachedPromptTokens: 1_061 }, '1,101 prompt tokens, more than the 1,100'],
    ['cached tokens', { cachedPromptTokens: 101 }, '101 cached prompt tokens, more than the 100'],
    ['requests', { requests: 6 }, '6 requests, more than the 5'],
  ])('refuse more %s than the whole has', async (_what, overrides, says) => {
    const { ledger } = await scratchLedger();
    const answer = { usage: located(usageHour(0)), usageParts: located(part(0, overrides)) };
    const { refused } = await ledger.facts.append(fetched(answer, FETCH), JULY_1);
    expect(refused.map(({ reason }) => reason)).toEqual([expect.stringContaining(says)]);
  });

  it('refuse parts without a row for their time, and those of another source', async () => {
    const { ledger } = await scratchLedger();
    const { refused } = await ledger.facts.append(
      fetched(
        {
          usage: located(usageHour(0)),
          usageParts: located(part(1), part(0, { sourceId: 'other' })),
        },
        FETCH,
      ),
      JULY_1,
    );
    expect(refused.map(({ reason }) => reason)).toEqual(
      [1, 0].map(() =>
        expect.stringContaining('have no matching usage from the same source and time'),
      ),
    );
  });

  it('of an hour that one answer has twice count once; the first is kept', async () => {
    const { ledger } = await scratchLedger();
    const { refused } = await ledger.facts.append(
      fetched(
        {
          usage: located(usageHour(0)),
          usageParts: located(ACME, { ...ACME, outputTokens: 51 }),
          requestCounts: located(
            { sourceId: 'prom', deployment: 'chat-70b', period: ofHour(0), answered: 5 },
            {
              sourceId: 'prom',
              deployment: 'chat-70b',
              period: period(JULY_1 + H / 2, JULY_1 + 2 * H),
              answered: 9,
            },
          ),
        },
        FETCH,
      ),
      JULY_1,
    );
    expect(refused).toHaveLength(2);
    const { parts, requestCounts } = await ledger.facts.usageFacts('chat-70b', EVER, NOW);
    expect(parts).toEqual([ACME]);
    expect(requestCounts.map(({ answered }) => answered)).toEqual([5]);
  });

  it('on another grid replace those that they overlap', async () => {
    const { ledger } = await scratchLedger();
    const counted = (startMs: number, endMs: number, answered: number) => ({
      sourceId: 'prom',
      deployment: 'chat-70b',
      period: period(startMs, endMs),
      answered,
    });
    const first = located(
      counted(JULY_1, JULY_1 + H, 5),
      counted(JULY_1 + H, JULY_1 + 2 * H, 6),
      counted(JULY_1 + 2 * H, JULY_1 + 3 * H, 7),
    );
    await ledger.facts.append(fetched({ requestCounts: first }, FETCH), JULY_1);
    const second = located(counted(JULY_1 + H / 2, JULY_1 + 2 * H, 8));
    await ledger.facts.append(fetched({ requestCounts: second }, FETCH), JULY_1 + 1);
    const { requestCounts } = await ledger.facts.usageFacts('chat-70b', EVER, NOW);
    expect(requestCounts.map(({ answered }) => answered)).toEqual([8, 7]);
  });

  it.each([
    ['falling bounds', [0.5, 0.1], [1, 1, 1]],
    ['a missing count', [0.1, 0.5], [1, 1]],
    ['a negative count', [0.1], [1, -1]],
  ])('refuse a histogram with %s', async (_what, boundsSeconds, counts) => {
    const { ledger } = await scratchLedger();
    const histogram = {
      sourceId: 'prom',
      deployment: 'chat-70b',
      period: ofHour(0),
      measure: 'inter-token' as const,
      boundsSeconds,
      counts,
    };
    const answer = fetched({ latency: located(histogram) }, FETCH);
    const { refused } = await ledger.facts.append(answer, JULY_1);
    expect(refused).toHaveLength(1);
  });

  it('are guarded by digests like all facts', async () => {
    const { ledger, path } = await scratchLedger();
    const answer = { usage: located(usageHour(0)), usageParts: located(ACME, LOAD_TEST) };
    await ledger.facts.append(fetched(answer, FETCH), JULY_1);
    expect(examineLedger(path).faults).toEqual([]);
    rawDatabase(path).exec(`UPDATE usage_part SET demand = 'user' WHERE demand = 'benchmark'`);
    expect(examineLedger(path).faults).toMatchObject([{ table: 'usage_part' }]);
    rawDatabase(path).exec(`DELETE FROM usage_part`);
    expect(examineLedger(path).faults).toMatchObject([
      { table: 'usage_part', wrong: { code: 'facts-missing', rows: 2 } },
    ]);
  });

  it('of a file are undone with it, and stay if another file has them too', async () => {
    const { ledger } = await scratchLedger();
    const sourceId = 'import';
    const take = async (file: string, atMs: number, parts: readonly UsagePart[]) => {
      const start = { sourceId, kind: 'import.usage', url: `file:${file}`, startedAtMs: atMs };
      const session = await ledger.facts.beginImport(start);
      const rows = located(...parts.map((each) => ({ ...each, sourceId })));
      const facts = { usage: located(usageHour(0, { sourceId })), usageParts: rows };
      const { refused } = await session.append(facts);
      return { ...(await session.finish({ digest: file, endedAtMs: atMs })), refused };
    };
    const { fetchRef } = await take('a.csv', JULY_1, [ACME, LOAD_TEST]);
    await take('b.csv', JULY_1 + 1, [ACME]);
    // With the stored parts the sum would exceed the whole, and a file withdraws nothing.
    const { refused } = await take('c.csv', JULY_1 + 2, [part(0, { tenant: 'globex' })]);
    expect(refused.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('add up to 240 output tokens, more than the 200'),
    ]);
    await ledger.facts.undoImport(fetchRef, JULY_1 + 3);
    expect(await partsOf(ledger)).toEqual([{ ...ACME, sourceId }]);
  });
});
