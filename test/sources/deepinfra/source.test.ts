import { describe, expect, test } from 'vitest';
import { deepinfraKind } from '../../../src/sources/registry.ts';
import { pricesIn, pulledList } from '../priceLists.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

const MODEL = 'openai/gpt-oss-120b';
const record = (pricing: unknown, id = MODEL) => ({
  id,
  object: 'model',
  metadata: { context_length: 131_072, pricing, tags: [] },
});
const read = (...records: readonly unknown[]) => pulledList(deepinfraKind, records, [MODEL]);

describe('a price of DeepInfra', () => {
  test('is in dollars per million tokens, a number or a text', async () => {
    const pricing = { input_tokens: 0.037, output_tokens: '0.17', cache_read_tokens: 1.2e-2 };
    const { fetched, path, query } = await read(record(pricing));
    expect([path, query.get('filter')]).toEqual(['/v1/openai/models', 'with_meta']);
    expect(pricesIn(fetched)).toEqual([
      {
        sourceId: 'seller',
        model: MODEL,
        host: 'deepinfra',
        hostName: 'DeepInfra',
        quantization: 'unknown',
        validFromMs: fetched.fetch.startedAtMs,
        inputPerMtok: 37_000_000n,
        outputPerMtok: 170_000_000n,
        cachedInputPerMtok: 12_000_000n,
        contextLength: 131_072,
        free: false,
        offered: true,
      },
    ]);
  });

  test('of 0 is unknown, and never free', async () => {
    const { fetched } = await read(record({ input_tokens: 0.01, output_tokens: 0 }));
    const [price] = pricesIn(fetched);
    expect(price).toMatchObject({ inputPerMtok: 10_000_000n, free: false });
    expect(price).not.toHaveProperty('outputPerMtok');
    const none = await read(record({ input_tokens: 0, output_tokens: 0 }));
    expect(pricesIn(none.fetched)).toEqual([]);
  });

  test.each([
    [null],
    [undefined],
    [{}],
    [{ per_image_unit: 0.0005 }],
    [{ cents_per_input_sec: 1 }],
  ])('by another measure is not used: %j', async (pricing) => {
    const { fetched } = await read(record(pricing));
    expect(pricesIn(fetched)).toEqual([]);
    expect(fetched.rejects).toBeUndefined();
    expect(fetched.priceSnapshots?.[0]?.fact).not.toHaveProperty('unread');
  });

  test('in another unit, as per token, is quarantined', async () => {
    const { fetched } = await read(record({ input_tokens: 3.7e-8, output_tokens: 1.7e-7 }));
    expect(pricesIn(fetched)).toMatchObject([{ inputPerMtok: 37n, free: false }]);
    expect(pullWarningSentences(fetched.warnings)[0]).toContain(
      'Check whether its unit has changed',
    );
  });
});

test('a list without any model is a malformed answer', async () => {
  const { fetched } = await read();
  expect(fetched.fetch.failure).toMatchObject({ code: 'malformed' });
  expect(fetched.fetch.failure?.message).toContain('lists no models');
  expect(fetched.priceSnapshots).toBeUndefined();
});

describe('a list of DeepInfra', () => {
  const good = record({ input_tokens: 1, output_tokens: 2 });

  test('provides only wanted models', async () => {
    const { fetched } = await read(
      good,
      record({ input_tokens: 9, output_tokens: 9 }, 'other/one'),
    );
    expect(pricesIn(fetched).map(({ model }) => model)).toEqual([MODEL]);
  });

  test('without a wanted model says that it is not sold', async () => {
    const { fetched } = await read(record({ input_tokens: 9, output_tokens: 9 }, 'other/one'));
    expect(fetched.priceSnapshots).toMatchObject([
      { fact: { model: MODEL, prices: [], isOfList: true } },
    ]);
    expect(fetched.warnings).toEqual([{ code: 'model-not-listed', model: MODEL }]);
  });

  test.each([
    [{ ...good, metadata: { pricing: { input_tokens: 'free' } } }, [null]],
    [{ ...good, metadata: { pricing: { input_tokens: -1, output_tokens: 1 } } }, [null]],
    [{ ...good, metadata: { pricing: { input_tokens: 1, output_tokens: null } } }, [null]],
    [{ metadata: good.metadata }, [null]],
    ['a text', [null]],
  ])('with %j does not mark a model as gone', async (bad, unread) => {
    const { fetched } = await read(bad);
    expect(fetched.rejects).toHaveLength(1);
    expect(fetched.priceSnapshots?.[0]?.fact).toMatchObject({ prices: [], unread });
  });

  test('with a bad record of another model loses nothing by it', async () => {
    const { fetched } = await read({ ...good, id: 'other/one', metadata: { pricing: 5 } }, good);
    expect(fetched.rejects).toBeUndefined();
    expect(pricesIn(fetched)).toHaveLength(1);
    expect(fetched.priceSnapshots?.[0]?.fact).not.toHaveProperty('unread');
  });
});
