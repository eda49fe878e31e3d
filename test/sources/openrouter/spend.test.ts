import { describe, expect, test } from 'vitest';
import { sumNano } from '../../../src/domain/money.ts';
import { DAY_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { openrouterKind } from '../../../src/sources/registry.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { emulateApi } from '../../support/emulator.ts';
import { type Reply, startServer } from '../../support/httpServer.ts';
import { chargesIn, failuresIn, hostedUsageIn } from '../../support/pulledFrom.ts';
import { testClient } from '../../support/testClient.ts';
import { pullFromSource } from '../../contract/source.ts';
import {
  accountDocument,
  KEY,
  type PlantedOpenrouterAccount,
  type PlantedOpenrouterSpend,
} from './account.ts';

const NOW = Date.UTC(2026, 7, 10, 9);
const TODAY = Date.UTC(2026, 7, 10);
const LLAMA = 'meta-llama/llama-3.3-70b-instruct';

const row = (
  daysAgo: number,
  overrides: Partial<PlantedOpenrouterSpend> = {},
): PlantedOpenrouterSpend => ({
  dayMs: TODAY - daysAgo * DAY_MS,
  model: LLAMA,
  provider: 'DeepInfra',
  endpoint: 'endpoint-1',
  microUsd: 1_250_000,
  prompt: 4_000_000,
  completion: 500_000,
  reasoning: 1_000,
  requests: 300,
  ...overrides,
});

const SPEND = [
  row(1),
  row(1, { endpoint: 'endpoint-2', provider: 'Together', microUsd: 15 }),
  row(2, { byokMicroUsd: 12_000_000, microUsd: 600_000, model: 'openai/gpt-4.1' }),
  row(40),
  row(41, { microUsd: 2_000_000 }),
];

const window = { startMs: TODAY - 60 * DAY_MS, endMs: TODAY + DAY_MS };
const request = { window, usage: [], models: [], facts: ['charges'] as const };
const OPTIONS: object = { managementKey: createSecret('${OPENROUTER_KEY}', () => KEY) };

const planted = (seed: string, changes: Partial<PlantedOpenrouterAccount> = {}) =>
  emulateApi(accountDocument({ spend: SPEND, nowMs: NOW, ...changes }), seed);

async function pull(reply: Reply, { options = OPTIONS, nowMs = NOW, ask = request } = {}) {
  const server = await startServer(reply);
  try {
    const client = testClient();
    client.clock.set(nowMs);
    const baseUrl = `${server.origin}/api/v1`;
    const parsed = openrouterKind.options.parse({ ...options, baseUrl });
    const all = await pullFromSource(openrouterKind.create('main', parsed, client), ask);
    return { all, requests: server.requests };
  } finally {
    await server.close();
  }
}

describe('the spend of an OpenRouter account', () => {
  test.each(['a', 'b', 'c', 'd'])(
    'is reported by day, model and provider, old days too: %s',
    async (seed) => {
      const { all } = await pull(planted(seed));
      expect(failuresIn(all)).toEqual([]);
      // $1.25, $0.000015, $0.60, $1.25 and $2: what our own key paid elsewhere is never added.
      const charges = chargesIn(all);
      expect(sumNano(charges.map(({ billed }) => billed))).toBe(5_100_015_000n);
      expect(
        charges.find(({ tags }) => tags?.['byok_usage_inference'] !== undefined),
      ).toMatchObject({
        billed: 600_000_000n,
        category: 'hosted',
        tags: { model: 'openai/gpt-4.1', byok_usage_inference: '12' },
      });
      const usage = hostedUsageIn(all).toSorted((a, b) => a.period.startMs - b.period.startMs);
      expect(usage.map(({ model, host, serviceTier }) => [model, host, serviceTier])).toEqual([
        [LLAMA, 'DeepInfra', undefined],
        [LLAMA, 'DeepInfra', undefined],
        ['openai/gpt-4.1', 'DeepInfra', 'byok'],
        ...(usage[3]?.host === 'DeepInfra'
          ? [
              [LLAMA, 'DeepInfra', undefined],
              [LLAMA, 'Together', undefined],
            ]
          : [
              [LLAMA, 'Together', undefined],
              [LLAMA, 'DeepInfra', undefined],
            ]),
      ]);
      expect(usage[0]).toMatchObject({
        uncachedPromptTokens: 4_000_000,
        outputTokens: 500_000,
        reasoningTokens: 1_000,
        requests: 300,
        usd: 2_000_000_000n,
      });
    },
  );

  test('counts once, though several answers cover the same days', async () => {
    const { ledger } = await scratchLedger();
    const spent = async () =>
      (await ledger.query('SELECT sum(spend_nano_usd), sum(tokens) FROM hosted_spend_by_day')).rows;
    for (const fetched of (await pull(planted('a'))).all) await ledger.facts.append(fetched, NOW);
    const first = await spent();
    // Four rows of 4.5 million; the tokens of the own key are in no sum, as in an audit.
    expect(first).toEqual([[5_100_015_000, 18_000_000]]);
    // Two weeks later only analytics has the newest of these days.
    const nowMs = NOW + 45 * DAY_MS;
    const later = planted('b', { nowMs });
    for (const fetched of (await pull(later, { nowMs })).all) {
      await ledger.facts.append(fetched, nowMs, { confirmWithdrawal: true });
    }
    expect(await spent()).toEqual(first);
  });

  test('is requested in halves where an answer leaves out rows', async () => {
    const spend = Array.from({ length: 20 }, (_, at) => row(35 + at));
    const { all } = await pull(planted('a', { spend, mostRows: 6 }));
    expect(failuresIn(all)).toEqual([]);
    expect(chargesIn(all)).toHaveLength(20);
  });

  test('is not visible to a key without management rights, which is reported', async () => {
    const { all } = await pull(planted('a', { isManagement: false }));
    const failures = failuresIn(all);
    expect(failures.map(({ code }) => code)).toEqual(['forbidden', 'forbidden']);
    expect(failures[0]?.message).toContain('management key');
    expect(chargesIn(all)).toEqual([]);
  });

  test('is requested only with a management key, and with no other', async () => {
    const options = { apiKey: createSecret('${OPENROUTER_API_KEY}', () => 'sk-or-plain') };
    const { all, requests } = await pull(planted('a'), { options });
    expect([all, requests]).toEqual([[], []]);
    const both = await pull(planted('a'), { options: { ...OPTIONS, ...options } });
    expect(failuresIn(both.all)).toEqual([]);
  });
});
