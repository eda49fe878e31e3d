/** Tokens from hosted APIs in the ledger: stored once, restated, withdrawn, and read by day. */

import { describe, expect, it } from 'vitest';
import { billedTokens, type HostedUsage, tokensInUnit } from '../../src/domain/usage.ts';
import { decimal } from '../../src/domain/exact.ts';
import { DAY_MS, period } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import { charge, fetched, JULY, JULY_1, located, NOW, scratchLedger } from './ledgerFixture.ts';

const day = (n: number) => period(JULY_1 + n * DAY_MS, JULY_1 + (n + 1) * DAY_MS);

function served(n: number, overrides: Partial<HostedUsage> = {}): HostedUsage {
  return {
    sourceId: 'openai',
    model: 'gpt-oss-120b',
    period: day(n),
    uncachedPromptTokens: 1_000,
    cachedPromptTokens: 400,
    outputTokens: 200,
    requests: 3,
    ...overrides,
  };
}

const fetchOfUsage = (facts: readonly HostedUsage[], rest: Partial<Fetched> = {}) =>
  fetched(
    { hostedUsage: located(...facts), ...rest },
    { sourceId: 'openai', kind: 'openai.usage' },
  );

describe('hosted usage in the ledger', () => {
  it('is stored once, however often it is pulled', async () => {
    const { ledger } = await scratchLedger();
    const both = [served(0), served(0, { serviceTier: 'batch' }), served(1, { host: 'together' })];
    const first = await ledger.facts.append(fetchOfUsage(both), JULY_1 + 1);
    const second = await ledger.facts.append(fetchOfUsage(both), JULY_1 + 2);
    expect([first.added, second.added, second.unchanged]).toEqual([3, 0, 3]);
    const found = await ledger.facts.hostedUsage(JULY, NOW);
    expect(
      found.map(({ period: { startMs }, serviceTier, host }) => [startMs, serviceTier, host]),
    ).toEqual([
      [JULY_1, undefined, undefined],
      [JULY_1, 'batch', undefined],
      [JULY_1 + DAY_MS, undefined, 'together'],
    ]);
    expect(found[0]).toEqual(served(0));
  });

  it('is restated while a day is open, and readable as of an earlier time', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(fetchOfUsage([served(0)]), JULY_1 + 1);
    const late = await ledger.facts.append(
      fetchOfUsage([served(0, { outputTokens: 250 })]),
      JULY_1 + 5,
    );
    expect(late.restated).toBe(1);
    const outputAt = async (asOfMs: number) =>
      (await ledger.facts.hostedUsage(JULY, asOfMs)).map(({ outputTokens }) => outputTokens);
    expect(await outputAt(JULY_1 + 4)).toEqual([200]);
    expect(await outputAt(NOW)).toEqual([250]);
    const restated = await ledger.query(
      'SELECT fact, subject, was, now, unit FROM restatement_history',
    );
    expect(restated.rows).toEqual([['hosted usage', 'gpt-oss-120b', 1600, 1650, 'tokens']]);
  });

  it('is withdrawn only when a complete answer no longer contains it', async () => {
    const { ledger } = await scratchLedger();
    await ledger.facts.append(
      fetchOfUsage([served(0), served(0, { model: 'gone' }), served(1)]),
      JULY_1 + 1,
    );
    await ledger.facts.append(fetchOfUsage([], { hostedUsageFor: { window: day(0) } }), JULY_1 + 2);
    expect(await ledger.facts.hostedUsage(JULY, NOW)).toHaveLength(3);
    const part = fetchOfUsage([served(0)], { hostedUsageFor: { window: day(0) } });
    expect((await ledger.facts.append(part, JULY_1 + 3)).restated).toBe(1);
    const left = await ledger.facts.hostedUsage(JULY, NOW);
    expect(left.map(({ model, period: { startMs } }) => [model, startMs])).toEqual([
      ['gpt-oss-120b', JULY_1],
      ['gpt-oss-120b', JULY_1 + DAY_MS],
    ]);
    expect(await ledger.facts.hostedUsage(JULY, JULY_1 + 2)).toHaveLength(3);
    const other = fetched(
      { hostedUsage: located(served(1, { model: 'ada' })), hostedUsageFor: { window: day(1) } },
      { sourceId: 'openai', kind: 'openai.embeddings' },
    );
    expect((await ledger.facts.append(other, JULY_1 + 4)).restated).toBe(0);
    const wide = { window: day(1), kinds: ['openai.usage', 'openai.embeddings'] };
    await ledger.facts.append(
      fetchOfUsage([served(1, { model: 'ada' })], { hostedUsageFor: wide }),
      JULY_1 + 5,
    );
    const last = (await ledger.facts.hostedUsage(JULY, NOW)).map(({ model }) => model);
    expect(last).toEqual(['gpt-oss-120b', 'ada']);
  });

  it('is shown by day and model next to the dollars billed for it', async () => {
    const { ledger } = await scratchLedger();
    const hosted = (key: string, usdMicro: number, overrides = {}) =>
      charge(key, usdMicro, {
        sourceId: 'openai',
        category: 'hosted',
        pricingClass: 'serverless',
        resourceId: 'gpt-oss-120b',
        ...overrides,
      });
    const charges = [
      hosted('a', 2_500_000),
      hosted('b', 1_000_000, { period: period(JULY_1, JULY_1 + 2 * DAY_MS) }),
      hosted('line', 500_000, {
        resourceId: 'arn:1',
        tags: { model: 'qwen3-32b', token_class: 'input' },
        quantity: decimal('250.5'),
        unit: '1K tokens',
      }),
      charge('rent', 9_000_000, { sourceId: 'openai' }),
    ];
    await ledger.facts.append(
      fetchOfUsage([served(0), served(1)], { charges: located(...charges) }),
      JULY_1 + 1,
    );
    const { columns, rows } = await ledger.query('SELECT * FROM hosted_spend_by_day ORDER BY 1, 3');
    expect(columns).toEqual([
      'day',
      'source',
      'model',
      'tokens',
      'spend_usd',
      'spend_nano_usd',
      'second_hand',
    ]);
    expect(rows).toEqual([
      ['2026-07-01', 'openai', 'gpt-oss-120b', 1600, 3, 3_000_000_000, 0],
      ['2026-07-01', 'openai', 'qwen3-32b', 250_500, 0.5, 500_000_000, 0],
      ['2026-07-02', 'openai', 'gpt-oss-120b', 1600, 0.5, 500_000_000, 0],
    ]);
  });
});

describe('a bill row that counts tokens', () => {
  it('counts them in the unit that it names', () => {
    const units = ['Tokens', '1K tokens', '1k Tokens', '1M tokens', '1,000 tokens', 'K tokens'];
    expect(units.map(tokensInUnit)).toEqual([1, 1_000, 1_000, 1_000_000, 1_000, 1_000]);
    expect([undefined, 'GPU-Hours', 'Requests', 'tokens per second'].map(tokensInUnit)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('counts none unless it names the unit', () => {
    const line = {
      category: 'hosted' as const,
      tags: { model: 'qwen3-32b', token_class: 'output' },
      quantity: decimal('12.5'),
      unit: '1K tokens',
    };
    expect(billedTokens(line)).toEqual({
      model: 'qwen3-32b',
      of: 'output',
      tokens: decimal('12500'),
    });
    expect(billedTokens({ ...line, tags: { model: 'qwen3-32b' } })).toBeUndefined();
    expect(billedTokens({ ...line, category: 'compute' })).toBeUndefined();
    expect(billedTokens({ ...line, unit: 'Requests' })).toBeUndefined();
  });
});
