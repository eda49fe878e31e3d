import { describe, expect, test } from 'vitest';
import { tokenFactoryKind } from '../../../src/sources/registry.ts';
import { pricesIn, pulledList } from '../priceLists.ts';

const MODEL = 'meta-llama/Llama-3.3-70B-Instruct';
const record = (pricing: unknown, more: object = {}) => ({ id: MODEL, pricing, ...more });
const read = (...records: readonly unknown[]) => pulledList(tokenFactoryKind, records, [MODEL]);

describe('a price of Nebius Token Factory', () => {
  test.each([
    ['0.00000013', '0.0000004'],
    [1.3e-7, 4e-7],
  ])('is in dollars per token: %j', async (prompt, completion) => {
    const more = { context_length: 131_072, quantization: 'FP8' };
    const pricing = { prompt, completion, request: '0', image: '0' };
    const { fetched, path, query } = await read(record(pricing, more));
    expect([path, query.get('verbose')]).toEqual(['/v1/models', 'true']);
    expect(pricesIn(fetched)).toEqual([
      {
        sourceId: 'seller',
        model: MODEL,
        host: 'nebius',
        hostName: 'Nebius',
        quantization: 'fp8',
        validFromMs: fetched.fetch.startedAtMs,
        inputPerMtok: 130_000_000n,
        outputPerMtok: 400_000_000n,
        contextLength: 131_072,
        free: false,
        offered: true,
      },
    ]);
  });

  test('does not exist in a list without details', async () => {
    const { fetched } = await read({ id: MODEL, object: 'model' });
    expect(pricesIn(fetched)).toEqual([]);
    expect(fetched.rejects).toBeUndefined();
  });

  test('per request and for cached tokens is kept where it is listed', async () => {
    const pricing = { prompt: '1e-6', completion: '1e-6', input_cache_read: '1e-7', request: 0.01 };
    const { fetched } = await read(record(pricing, { context_length: 0.5, quantization: null }));
    const [price] = pricesIn(fetched);
    expect(price).toMatchObject({
      quantization: 'unknown',
      cachedInputPerMtok: 100_000_000n,
      perRequest: 10_000_000n,
    });
    expect(price).not.toHaveProperty('contextLength');
  });

  test('that is invalid is a reject, and its model still exists', async () => {
    const { fetched } = await read(record({ prompt: {}, completion: '0' }));
    expect(fetched.rejects).toHaveLength(1);
    expect(fetched.priceSnapshots?.[0]?.fact.unread).toEqual([null]);
  });
});
