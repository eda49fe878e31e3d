/** Views of other usage facts: the cost of a tenant, and latency by the hour. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import type { UsagePart } from '../../src/domain/usageFacts.ts';
import { auditRecord } from './auditFixture.ts';
import { fetched, usageHour, JULY_1, located, scratchLedger } from './ledgerFixture.ts';

const FETCH = { sourceId: 'prom', kind: 'prometheus.usage' };

const part = (tenant: string | undefined, tokens: number, rest: Partial<UsagePart> = {}) => ({
  sourceId: 'prom',
  deployment: 'chat-70b',
  period: period(JULY_1, JULY_1 + HOUR_MS),
  ...(tenant === undefined ? {} : { tenant }),
  uncachedPromptTokens: tokens,
  outputTokens: 0,
  ...rest,
});

interface Tokens {
  /** Tokens reported by the source of the parts. */
  readonly tokens: number;
  /** Tokens used by the audit, whatever their source. */
  readonly weighed: number;
}

/** A ledger with one audited day of these tokens and nano-dollars, and parts of it. */
async function day(of: number | Tokens, spendNanoUsd: bigint, parts: readonly UsagePart[]) {
  const takenOut = parts
    .filter(({ demand }) => demand === 'benchmark')
    .reduce((sum, each) => sum + each.uncachedPromptTokens, 0);
  const { tokens, weighed } = typeof of === 'number' ? { tokens: of, weighed: of - takenOut } : of;
  const { ledger } = await scratchLedger();
  const row = { uncachedPromptTokens: tokens, cachedPromptTokens: 0, outputTokens: 0 };
  const usage = located(usageHour(0, { ...row, requests: 0 }));
  const { refused } = await ledger.facts.append(
    fetched({ usage, usageParts: located(...parts) }, FETCH),
    JULY_1,
  );
  expect(refused).toEqual([]);
  const days = [
    {
      dayMs: JULY_1,
      deployment: 'chat-70b',
      spendNanoUsd,
      promptTokens: weighed,
      outputTokens: 0,
      paidReplicaMs: DAY_MS,
      coveredReplicaMs: DAY_MS,
    },
  ];
  await ledger.audits.save(auditRecord({ days }));
  return ledger;
}

const COSTS = `
SELECT tenant, team, adapter, demand, tokens, spend_nano_usd FROM cost_by_tenant
ORDER BY tenant, team, adapter, demand`;

describe('cost_by_tenant', () => {
  it('shares the spend of a day by tokens, with a separate row for the remainder', async () => {
    const ledger = await day(1_000, 100n, [
      part('acme', 334),
      part('globex', 333, { team: 'search', adapter: 'fr' }),
      part(undefined, 33, { demand: 'benchmark' }),
    ]);
    // Of 100: 33.4, 33.3, 3.3 and 30.0. The one left over goes to the remainder of 0.4.
    expect((await ledger.query(COSTS)).rows).toEqual([
      [null, null, null, null, 300, 30],
      [null, null, null, 'benchmark', 33, 3],
      ['acme', null, null, null, 334, 34],
      ['globex', 'search', 'fr', null, 333, 33],
    ]);
  });

  it.each([
    [
      'another source fills the rest of the day',
      2_500,
      [
        [null, 1_500],
        ['acme', 600],
        ['globex', 400],
      ],
    ],
    // 900 × 600 / 1,000 and the rest: the tokens of the audit are shared, not those reported.
    [
      'another source reports fewer of the same requests',
      900,
      [
        ['acme', 540],
        ['globex', 360],
      ],
    ],
    ['the audit did not use its tokens', 0, [[null, 0]]],
  ])('has the tokens of the audit where %s', async (_, weighed, expected) => {
    const parts = [part('acme', 600), part('globex', 400)];
    const ledger = await day({ tokens: 1_000, weighed }, 100n, parts);
    const { rows } = await ledger.query(
      'SELECT tenant, tokens, spend_nano_usd FROM cost_by_tenant',
    );
    expect(rows.map(([tenant, tokens]) => [tenant, tokens])).toEqual(expected);
    expect(rows.reduce((sum, [, , nano]) => sum + Number(nano), 0)).toBe(100);
  });

  it('keeps the tokens of a day whole, however many parts share them', async () => {
    const weights = fc.array(fc.integer({ min: 1, max: 2 ** 41 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        weights,
        fc.integer({ min: 1, max: 2 ** 44 }),
        async (tokenCounts, weighed) => {
          const parts = tokenCounts.map((tokens, at) => part(`t${at}`, tokens));
          const tokens = tokenCounts.reduce((sum, each) => sum + each, 0);
          const ledger = await day({ tokens, weighed }, 100n, parts);
          const { rows } = await ledger.query(COSTS);
          const shared = rows.map((row) => Number(row[4]));
          expect(shared.reduce((sum, each) => sum + each, 0)).toBe(weighed);
          expect(Math.min(...shared)).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it.each([
    ['no part is told', 1_000, [], [[null, 1_000, 77]]],
    ['nothing was served', 0, [], [[null, 0, 77]]],
    ['all of it is told', 10, [part('a', 10)], [['a', 10, 77]]],
  ])('has the whole day where %s', async (...row) => {
    const [, tokens, parts, rows] = row;
    const ledger = await day(tokens, 77n, parts);
    const sql = 'SELECT tenant, tokens, spend_nano_usd FROM cost_by_tenant';
    expect((await ledger.query(sql)).rows).toEqual(rows);
  });

  it('sums to the day to the last nano-dollar, however large the numbers', async () => {
    const weights = fc.array(fc.integer({ min: 1, max: 2 ** 41 }), { minLength: 1, maxLength: 8 });
    const spend = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    await fc.assert(
      fc.asyncProperty(weights, spend, async (tokens, nano) => {
        const all = tokens.reduce((sum, each) => sum + each, 0);
        const ledger = await day(
          all,
          nano,
          tokens.map((each, at) => part(`t${at}`, each)),
        );
        const { rows } = await ledger.query(COSTS);
        const costs = rows.map((row) => BigInt(row[5] as number));
        expect(costs.reduce((sum, each) => sum + each, 0n)).toBe(nano);
        for (const row of rows) {
          const [served, cost] = [row[4], row[5]].map((cell) => BigInt(cell as number)) as [
            bigint,
            bigint,
          ];
          const off = cost * BigInt(all) - nano * served;
          expect(off < BigInt(all) && -off < BigInt(all)).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('latency_by_hour', () => {
  it('has quantiles as Prometheus computes them, and marks those beyond the buckets', async () => {
    const { ledger } = await scratchLedger();
    const histogram = (
      measure: 'inter-token' | 'time-to-first-token',
      counts: readonly number[],
    ) => ({
      sourceId: 'prom',
      deployment: 'chat-70b',
      period: period(JULY_1, JULY_1 + HOUR_MS),
      measure,
      boundsSeconds: [0.1, 0.5, 1],
      counts,
    });
    const latency = located(
      histogram('time-to-first-token', [10, 30, 10, 0]),
      histogram('inter-token', [0, 0, 5, 5]),
    );
    await ledger.facts.append(fetched({ latency }, FETCH), JULY_1);
    const { rows } = await ledger.query(
      `SELECT hour, measure, count, round(p50_seconds, 6), p50_is_more, round(p95_seconds, 6),
         p95_is_more FROM latency_by_hour ORDER BY measure`,
    );
    expect(rows).toEqual([
      ['2026-07-01T00:00:00Z', 'inter-token', 10, 1, 0, 1, 1],
      // 0.1 + 0.4 × 15/30, and 0.5 + 0.5 × 7.5/10.
      ['2026-07-01T00:00:00Z', 'time-to-first-token', 50, 0.3, 0, 0.875, 0],
    ]);
  });
});
