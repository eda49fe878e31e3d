import { describe, expect, test } from 'vitest';
import type { Fetched } from '../../../src/domain/provenance.ts';
import { catalogKind } from '../../../src/sources/registry.ts';
import { pullFromSource } from '../../contract/source.ts';
import { json, startServer } from '../../support/httpServer.ts';
import { testClient } from '../../support/testClient.ts';
import { pricesIn } from '../priceLists.ts';

const MODEL = 'openai/gpt-oss-120b';
const WINDOW = { startMs: 0, endMs: 1 };

async function read(answer: unknown, options: object): Promise<{ fetched: Fetched; path: string }> {
  const server = await startServer(json(answer));
  const parsed = catalogKind.options.parse({ baseUrl: server.origin, ...options });
  const source = catalogKind.create('list', parsed, testClient({ retries: 0 }));
  const [fetched] = await pullFromSource(source, { window: WINDOW, usage: [], models: [MODEL] });
  await server.close();
  if (fetched === undefined) throw new Error('nothing was asked');
  return { fetched, path: server.requests[0]?.path ?? '' };
}

const modelsDev = (models: object, options = {}) =>
  read({ groq: { id: 'groq', name: 'Groq', models } }, { catalog: 'models.dev', ...options });
const litellm = (entries: object, options = {}) =>
  read({ sample_spec: {}, ...entries }, { catalog: 'litellm', ...options });
const genai = (prices: unknown) =>
  read([{ id: 'deepseek', name: 'DeepSeek', models: [{ id: MODEL, match: {}, prices }] }], {
    catalog: 'genai-prices',
  });

describe('a price of models.dev', () => {
  test('is in dollars per million tokens, second-hand, for the provider', async () => {
    const { fetched, path } = await modelsDev({
      [MODEL]: {
        cost: { input: 0.15, output: 0.6, cache_read: 0.075 },
        limit: { context: 131_072 },
      },
      other: { cost: { input: 9, output: 9 } },
    });
    expect(path).toBe('/api.json');
    expect(pricesIn(fetched)).toMatchObject([
      {
        model: MODEL,
        host: 'groq',
        hostName: 'Groq',
        inputPerMtok: 150_000_000n,
        cachedInputPerMtok: 75_000_000n,
        outputPerMtok: 600_000_000n,
        contextLength: 131_072,
        secondHand: true,
        free: false,
      },
    ]);
  });

  test('for longer prompts applies above its size, and tiers replace the old format', async () => {
    const over = { input: 4, output: 12 };
    const cost = { input: 2, output: 10, context_over_200k: over };
    const old = await modelsDev({ [MODEL]: { cost } });
    const prices = { inputPerMtok: 4_000_000_000n, outputPerMtok: 12_000_000_000n };
    expect(pricesIn(old.fetched)[0]?.overrides).toEqual([{ minPromptTokens: 200_000, ...prices }]);
    const tiers = [{ ...over, tier: { type: 'context', size: 272_000 } }];
    const tiered = await modelsDev({ [MODEL]: { cost: { ...cost, tiers } } });
    expect(pricesIn(tiered.fetched)[0]?.overrides).toEqual([
      { minPromptTokens: 272_000, ...prices },
    ]);
  });

  test('with another kind of condition is not used, and its provider has not stopped', async () => {
    const tiers = [{ input: 1, output: 1, tier: { type: 'moon', size: 1 } }];
    const { fetched } = await modelsDev({ [MODEL]: { cost: { input: 2, output: 10, tiers } } });
    expect(pricesIn(fetched)).toEqual([]);
    expect(fetched.priceSnapshots?.[0]?.fact.unread).toEqual(['groq']);
    expect(fetched.rejects?.[0]?.reason).toContain('cost.tiers.0.tier.type');
  });

  test('of 0 is unknown, and an absent one is not sold', async () => {
    const { fetched } = await modelsDev({ [MODEL]: { cost: { input: 0, output: 0 } } });
    expect(pricesIn(fetched)).toEqual([]);
    expect(fetched.rejects).toBeUndefined();
    expect(pricesIn((await modelsDev({ [MODEL]: {} })).fetched)).toEqual([]);
  });
});

describe('a wanted model', () => {
  const cost = { input: 1, output: 2 };
  const hostsOf = async (ids: readonly string[], options = {}) => {
    const models = Object.fromEntries(
      ids.map((id, at) => [id, { cost: { ...cost, input: at + 1 } }]),
    );
    const { fetched } = await modelsDev(models, options);
    return pricesIn(fetched).map(({ inputPerMtok }) => ids[Number(inputPerMtok) / 1e9 - 1]);
  };

  test('is the nearest name: as written, in other capitals, or without its owner', async () => {
    expect(await hostsOf(['gpt-oss-120b', 'OpenAI/GPT-OSS-120B', MODEL])).toEqual([MODEL]);
    expect(await hostsOf(['gpt-oss-120b', 'OpenAI/GPT-OSS-120B'])).toEqual(['OpenAI/GPT-OSS-120B']);
    expect(await hostsOf(['gpt-oss-120b'])).toEqual(['gpt-oss-120b']);
    expect(await hostsOf(['unsloth/gpt-oss-120b', 'gpt-oss-120b-turbo'])).toEqual([]);
  });

  test('is what an alias maps to, and nothing else of that provider', async () => {
    const aliases = { [MODEL]: { groq: 'oss-large' } };
    expect(await hostsOf([MODEL, 'oss-large'], { aliases })).toEqual(['oss-large']);
    expect(await hostsOf([MODEL], { aliases })).toEqual([]);
  });

  test('under two equally near names has no price until an alias selects one', async () => {
    const ids = { 'GPT-oss-120b': { cost }, 'gpt-oss-120b': { cost: { input: 3, output: 3 } } };
    const { fetched } = await modelsDev(ids);
    expect(pricesIn(fetched)).toEqual([]);
    expect(fetched.rejects?.[0]?.reason).toContain('choose one under aliases');
  });

  test('at a provider that is not named under providers does not count', async () => {
    const { fetched } = await modelsDev({ [MODEL]: { cost } }, { providers: ['cerebras'] });
    expect(pricesIn(fetched)).toEqual([]);
    expect(fetched.warnings).toContainEqual({ code: 'model-not-listed', model: MODEL });
  });
});

describe('a price of LiteLLM', () => {
  const entry = { litellm_provider: 'groq', mode: 'chat', max_input_tokens: 131_072 };

  test('is in dollars per token, and its key names the provider first', async () => {
    const { fetched, path } = await litellm({
      [`groq/${MODEL}`]: {
        ...entry,
        input_cost_per_token: 1.5e-7,
        output_cost_per_token: 6e-7,
        cache_read_input_token_cost: 7.5e-8,
        input_cost_per_audio_token: 1,
      },
    });
    expect(path).toBe('/model_prices_and_context_window.json');
    expect(pricesIn(fetched)).toMatchObject([
      {
        host: 'groq',
        inputPerMtok: 150_000_000n,
        cachedInputPerMtok: 75_000_000n,
        outputPerMtok: 600_000_000n,
        secondHand: true,
      },
    ]);
  });

  test('has one for each service tier, with its own more expensive long prompts', async () => {
    const { fetched } = await litellm({
      [MODEL]: {
        ...entry,
        input_cost_per_token: 2e-6,
        output_cost_per_token: 8e-6,
        input_cost_per_token_above_200k_tokens: 4e-6,
        input_cost_per_token_batches: 1e-6,
        output_cost_per_token_batches: 4e-6,
        input_cost_per_token_priority: 3e-6,
        output_cost_per_token_priority: 1.2e-5,
        input_cost_per_token_above_200k_tokens_priority: 6e-6,
      },
    });
    const result = pricesIn(fetched).map(({ serviceTier, inputPerMtok, overrides }) => [
      serviceTier,
      inputPerMtok,
      overrides,
    ]);
    expect(result).toEqual([
      [undefined, 2_000_000_000n, [{ minPromptTokens: 200_000, inputPerMtok: 4_000_000_000n }]],
      ['batch', 1_000_000_000n, undefined],
      ['priority', 3_000_000_000n, [{ minPromptTokens: 200_000, inputPerMtok: 6_000_000_000n }]],
    ]);
  });

  test('by ranges of the prompt is the first one, and the others above their start', async () => {
    const { fetched } = await litellm({
      [MODEL]: {
        ...entry,
        tiered_pricing: [
          { range: [0, 32_000], input_cost_per_token: 1e-6, output_cost_per_token: 5e-6 },
          { range: [32_000, 128_000], input_cost_per_token: 2e-6, output_cost_per_token: 1e-5 },
        ],
      },
    });
    expect(pricesIn(fetched)[0]).toMatchObject({
      inputPerMtok: 1_000_000_000n,
      overrides: [
        { minPromptTokens: 32_000, inputPerMtok: 2_000_000_000n, outputPerMtok: 10_000_000_000n },
      ],
    });
  });

  test('of a model whose last day has passed is not sold', async () => {
    const price = { input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 };
    const gone = { ...entry, ...price, deprecation_date: '2020-01-01' };
    expect(pricesIn((await litellm({ [MODEL]: gone })).fetched)).toEqual([]);
  });
});

describe('a price of genai-prices', () => {
  const per = (input: number, output: number) => ({ input_mtok: input, output_mtok: output });

  test('by hours is an override, and a cache without a price costs as input', async () => {
    const { fetched, path } = await genai([
      { prices: { ...per(0.135, 0.55), cache_read_mtok: 0.035 } },
      { constraint: { start_time: '00:30:00Z', end_time: '16:30:00Z' }, prices: per(0.27, 1.1) },
    ]);
    expect(path).toBe('/data.json');
    expect(pricesIn(fetched)).toMatchObject([
      {
        host: 'deepseek',
        hostName: 'DeepSeek',
        inputPerMtok: 135_000_000n,
        cachedInputPerMtok: 35_000_000n,
        overrides: [
          {
            utc: { startMinute: 30, endMinute: 990 },
            inputPerMtok: 270_000_000n,
            cachedInputPerMtok: 270_000_000n,
            outputPerMtok: 1_100_000_000n,
          },
        ],
      },
    ]);
  });

  test('with a date is history from its day on, and a future one is not provided yet', async () => {
    const { fetched } = await genai([
      { prices: per(5, 25) },
      { constraint: { start_date: '2025-02-01' }, prices: per(4, 20) },
      { constraint: { start_date: '2026-03-13' }, prices: per(3, 15) },
      { constraint: { start_date: '2999-01-01' }, prices: per(1, 1) },
    ]);
    expect(pricesIn(fetched)).toMatchObject([{ inputPerMtok: 3_000_000_000n }]);
    expect(fetched.prices?.map(({ fact }) => [fact.validFromMs, fact.inputPerMtok])).toEqual([
      [Date.UTC(2025, 1, 1), 4_000_000_000n],
      [Date.UTC(2026, 2, 13), 3_000_000_000n],
    ]);
    expect(fetched.prices?.every(({ fact }) => fact.secondHand === true)).toBe(true);
  });

  test('with tiers applies above the start of each tier', async () => {
    const input = { base: 3, tiers: [{ start: 200_000, price: 6 }] };
    const { fetched } = await genai({ input_mtok: input, output_mtok: 15, requests_kcount: 5 });
    expect(pricesIn(fetched)[0]).toMatchObject({
      inputPerMtok: 3_000_000_000n,
      perRequest: 5_000_000n,
      overrides: [{ minPromptTokens: 200_000, inputPerMtok: 6_000_000_000n }],
    });
  });

  test('under an unknown condition is not used', async () => {
    const { fetched } = await genai([{ prices: per(1, 1) }, { constraint: {}, prices: per(9, 9) }]);
    expect(pricesIn(fetched)).toEqual([]);
    expect(fetched.priceSnapshots?.[0]?.fact.unread).toEqual(['deepseek']);
  });
});
