/** Tests Together's token prices, for the models that can be called. */

import { describe, expect, test } from 'vitest';
import { createSecret } from '../../../src/platform/secret.ts';
import { togetherKind } from '../../../src/sources/registry.ts';
import { pullFromSource } from '../../contract/source.ts';
import { json, type Reply, startServer } from '../../support/httpServer.ts';
import { testClient } from '../../support/testClient.ts';
import { pricesIn } from '../priceLists.ts';

const MODEL = 'meta-llama/Llama-3.3-70B-Instruct-Turbo';
const priced = (pricing: unknown, id = MODEL) => ({ id, object: 'model', pricing });
const callable = (model: string, more: object = {}) => ({
  id: 'e',
  type: 'serverless',
  model,
  ...more,
});

interface Lists {
  readonly models: unknown;
  readonly endpoints: readonly unknown[] | Reply;
}

async function pull({ models, endpoints }: Lists, wanted = [MODEL]) {
  const list = typeof endpoints === 'function' ? endpoints : json({ data: endpoints });
  const server = await startServer((response, request) =>
    (request.path === '/models' ? json(models) : list)(response, request),
  );
  const options = togetherKind.options.parse({
    baseUrl: server.origin,
    apiKey: createSecret('KEY', () => 'key'),
  });
  const source = togetherKind.create('together', options, testClient({ retries: 0 }));
  const request = { window: { startMs: 0, endMs: 1 }, usage: [], models: wanted };
  const all = await pullFromSource(source, { ...request, facts: ['prices'] });
  await server.close();
  return { all, requests: server.requests };
}

const prices = async (lists: Lists) => (await pull(lists)).all.flatMap(pricesIn);

describe('a price of Together', () => {
  test('is in dollars per million tokens, in a list that has no name', async () => {
    const pricing = { hourly: 0, input: 1.04, output: '1.04', cached_input: 0.19, base: 0 };
    const endpoints = [callable(MODEL, { state: 'STARTED' })];
    const { all, requests } = await pull({ models: [priced(pricing)], endpoints });
    expect(requests.map(({ path, query }) => [path, query.get('type')])).toEqual([
      ['/endpoints', 'serverless'],
      ['/models', null],
    ]);
    expect(all.flatMap(pricesIn)).toMatchObject([
      {
        model: MODEL,
        host: 'together',
        quantization: 'unknown',
        inputPerMtok: 1_040_000_000n,
        outputPerMtok: 1_040_000_000n,
        cachedInputPerMtok: 190_000_000n,
        free: false,
      },
    ]);
  });

  test.each([
    ['one that is stopped', [callable(MODEL, { state: 'STOPPED' })]],
    ['a dedicated one', [{ ...callable(MODEL), type: 'dedicated' }]],
    ['one of another model', [callable('other/model')]],
  ])('does not exist for a model that cannot be called: %s', async (_, endpoints) => {
    expect(await prices({ models: [priced({ input: 1, output: 1 })], endpoints })).toEqual([]);
  });

  test('of 0 is none: such a model is not sold by token', async () => {
    const models = [priced({ hourly: 0, input: 0, output: 0, base: 0, finetune: 0 })];
    expect(await prices({ models, endpoints: [callable(MODEL)] })).toEqual([]);
  });

  test('has its precision where the name contains it', async () => {
    const id = 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8';
    const lists = { models: [priced({ input: 0.2, output: 0.6 }, id)], endpoints: [callable(id)] };
    const { all } = await pull(lists, [id]);
    expect(all.flatMap(pricesIn)).toMatchObject([{ quantization: 'fp8' }]);
  });
});

describe('without the list of what can be called', () => {
  const models = [priced({ input: 1, output: 1 })];

  test.each([
    ['a failure', json({ error: {} }, 500), 'unavailable'],
    ['a list of none at all', json({ data: [] }), 'malformed'],
  ])('no price is used, and that is reported: %s', async (_, endpoints, code) => {
    const { all, requests } = await pull({ models, endpoints });
    expect(all.map(({ fetch }) => fetch.failure?.code)).toEqual([code]);
    expect(requests).toHaveLength(1);
  });

  test('an endpoint that cannot be read may be of any model: none is gone', async () => {
    const { all } = await pull({ models, endpoints: [{ model: 7 }] });
    expect(all.at(-1)?.priceSnapshots).toMatchObject([{ fact: { prices: [], unread: [null] } }]);
  });
});

test('an answer other than a list is malformed', async () => {
  const { all } = await pull({ models: { object: 'page' }, endpoints: [callable(MODEL)] });
  expect(all.at(-1)?.fetch.failure?.code).toBe('malformed');
});
