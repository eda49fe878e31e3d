import { describe, expect, test } from 'vitest';
import { huggingfaceKind } from '../../../src/sources/registry.ts';
import { pricesIn, pulledList } from '../priceLists.ts';

const MODEL = 'meta-llama/Llama-3.3-70B-Instruct';
const NOVITA = { provider: 'novita', status: 'live', pricing: { input: 0.135, output: 0.4 } };
const read = (...providers: readonly unknown[]) =>
  pulledList(huggingfaceKind, [{ id: MODEL, object: 'model', providers }], [MODEL]);

describe("a price of Hugging Face's router", () => {
  test('is in dollars per million tokens, by partner', async () => {
    const together = {
      provider: 'together',
      status: 'live',
      context_length: 131_072,
      pricing: { input: '0.88', output: 0.88 },
      supports_tools: true,
      supports_structured_output: true,
      is_model_author: false,
    };
    const { fetched, path } = await read(NOVITA, together);
    expect(path).toBe('/v1/models');
    expect(pricesIn(fetched)).toEqual([
      {
        sourceId: 'seller',
        model: MODEL,
        host: 'novita',
        quantization: 'unknown',
        validFromMs: fetched.fetch.startedAtMs,
        inputPerMtok: 135_000_000n,
        outputPerMtok: 400_000_000n,
        free: false,
        offered: true,
      },
      expect.objectContaining({
        host: 'together',
        inputPerMtok: 880_000_000n,
        contextLength: 131_072,
        supports: ['structured_outputs', 'tools'],
      }),
    ]);
  });

  test('of 0 is free only where the router says so', async () => {
    const zero = { ...NOVITA, pricing: { input: 0, output: 0 } };
    const { fetched } = await read(zero, { ...zero, provider: 'groq', is_free: true });
    expect(pricesIn(fetched)).toMatchObject([
      { host: 'groq', inputPerMtok: 0n, outputPerMtok: 0n, free: true },
    ]);
  });

  test('does not exist where a partner lists none', async () => {
    const { pricing: _pricing, ...none } = NOVITA;
    const { fetched } = await read(none, { ...NOVITA, provider: 'b', pricing: null });
    expect(pricesIn(fetched)).toEqual([]);
    expect(fetched.rejects).toBeUndefined();
  });

  test('that is invalid is a reject of that partner alone', async () => {
    const { fetched } = await read({ ...NOVITA, provider: 'b', pricing: { input: [] } }, NOVITA, 7);
    expect(pricesIn(fetched).map(({ host }) => host)).toEqual(['novita']);
    expect(fetched.rejects?.map(({ reason }) => reason.slice(0, 45))).toEqual(
      [
        'record 0: providers.0.pricing.input: a list w',
        'record 0: providers.2.: an object was expecte',
      ].map((text) => expect.stringContaining(text.slice(0, 22))),
    );
    expect(fetched.priceSnapshots?.[0]?.fact.unread).toEqual(['b', null]);
  });
});

describe('a partner', () => {
  test('is healthy while it is live, with its latency and speed', async () => {
    const fast = { first_token_latency_ms: 420.6, throughput: 61.25 };
    const { fetched } = await read(
      { ...NOVITA, ...fast },
      { ...NOVITA, provider: 'b', status: 'error', throughput: 'fast' },
    );
    expect(fetched.priceSnapshots?.[0]?.fact.availability).toMatchObject([
      { host: 'novita', healthy: true, latencyMs: 421, tokensPerSecond: 61.25 },
      { host: 'b', healthy: false },
    ]);
  });
});
