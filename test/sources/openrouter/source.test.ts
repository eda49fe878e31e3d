import { describe, expect, test } from 'vitest';
import { createSecret } from '../../../src/platform/secret.ts';
import { openrouterKind } from '../../../src/sources/registry.ts';
import { pullFromSource } from '../../contract/source.ts';
import { html, json, type Reply, startServer } from '../../support/httpServer.ts';
import { NOW_MS, testClient } from '../../support/testClient.ts';
import { HOST, healthyMarket, MODEL, market, marketOf } from './market.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

const WINDOW = { startMs: 0, endMs: 1 };

async function pull(reply: Reply, models: readonly string[], options: object = {}) {
  const server = await startServer(reply);
  const read = openrouterKind.options.parse({ baseUrl: `${server.origin}/api/v1`, ...options });
  const source = openrouterKind.create('router', read, testClient({ retries: 0 }));
  const all = await pullFromSource(source, { window: WINDOW, usage: [], models });
  await server.close();
  return { all, requests: server.requests };
}

test('each model is requested once, in order, with the time of the request', async () => {
  const { all, requests } = await pull(healthyMarket, [MODEL, 'qwen/qwen3-32b', MODEL]);
  expect(requests.map(({ path }) => path)).toEqual([
    `/api/v1/models/${MODEL}/endpoints`,
    '/api/v1/models/qwen/qwen3-32b/endpoints',
    '/api/v1/models',
  ]);
  expect(all[0]?.priceSnapshots?.[0]?.fact).toMatchObject({
    sourceId: 'router',
    model: MODEL,
    takenAtMs: NOW_MS,
  });
});

test('no models, no requests', async () => {
  const { all, requests } = await pull(healthyMarket, []);
  expect([all, requests]).toEqual([[], []]);
});

test('without any key the public prices are requested without one', async () => {
  const { all, requests } = await pull(healthyMarket, [MODEL]);
  expect(all[0]?.fetch.failure).toBeUndefined();
  expect(requests[0]?.headers.authorization).toBeUndefined();
});

test('an API key takes precedence over a management key', async () => {
  const { requests } = await pull(healthyMarket, [MODEL], {
    apiKey: createSecret('a', () => 'sk-or-api-key'),
    managementKey: createSecret('b', () => 'sk-or-management'),
  });
  expect(requests[0]?.headers.authorization).toBe('Bearer sk-or-api-key');
});

test('a model that does not exist fails alone, and says where to fix it', async () => {
  const reply: Reply = (response, request) => {
    const gone = json({ error: { code: 404, message: 'Not Found' } }, 404);
    (request.path.includes('gone') ? gone : healthyMarket)(response, request);
  };
  const { all } = await pull(reply, ['a/gone', MODEL]);
  expect(all[0]?.fetch.failure).toMatchObject({ code: 'not-found' });
  expect(all[0]?.fetch.failure?.message).toMatch(
    /returned 404: Not Found; OpenRouter does not have the model "a\/gone"; check hosted/,
  );
  expect(all[1]?.priceSnapshots).toHaveLength(1);
});

test.each(['llama', '', '/x', 'a/'])('%j names no model and is not requested', async (model) => {
  const { all, requests } = await pull(healthyMarket, [model]);
  expect(all[0]?.fetch.failure?.code).toBe('config');
  expect(all[0]?.fetch.failure?.message).toContain('hosted.equivalents');
  expect(requests).toEqual([]);
});

test.each(['a/../../key', 'a/b?x=1', 'a/b#c', '../credits'])(
  'the hostile model %j stays inside its path',
  async (model) => {
    const { requests } = await pull(healthyMarket, [model]);
    const asked = requests.filter(({ path }) => path !== '/api/v1/models');
    for (const { path, query } of asked) {
      expect(path).toMatch(/^\/api\/v1\/models\/[^/]+\/[^/]+\/endpoints$/);
      expect([...query]).toEqual([]);
    }
    expect(asked).toHaveLength(1);
  },
);

test('a free variant keeps its colon', async () => {
  const { requests } = await pull(healthyMarket, [`${MODEL}:free`]);
  expect(requests[0]?.path).toBe(`/api/v1/models/${MODEL}:free/endpoints`);
});

test('a page instead of prices is malformed and says so', async () => {
  const { all } = await pull(html(), [MODEL]);
  expect(all[0]?.fetch.failure).toMatchObject({ code: 'malformed' });
  expect(all[0]?.fetch.failure?.message).toContain('an HTML page instead of JSON');
});

test('an error inside a 200 has the code of the error', async () => {
  const { all } = await pull(json({ error: { code: 429, message: 'slow down' } }), [MODEL]);
  expect(all[0]?.fetch.failure).toMatchObject({ code: 'rate-limited' });
  expect(all[0]?.fetch.failure?.message).toContain('returned 200 with an error inside: slow down');
});

test('a rejected endpoint does not affect the prices of the others', async () => {
  const broken = { ...HOST, tag: 'bad', pricing: { prompt: 5.7e-7, completion: '0' } };
  const { all } = await pull(json(market([broken, HOST])), [MODEL]);
  expect(all[0]?.rejects).toHaveLength(1);
  expect(all[0]?.priceSnapshots?.[0]?.fact.prices.map(({ host }) => host)).toEqual([HOST.tag]);
});

describe('batches', () => {
  const BATCHED = `${MODEL}:batch`;
  const half = { ...HOST, model_id: BATCHED, pricing: { prompt: '2.85e-7', completion: '1e-6' } };
  const endpoints: Reply = (response, request) => {
    const isBatch = request.path.includes('batch');
    json(isBatch ? market([half], BATCHED) : market([HOST]))(response, request);
  };

  test('are another model there, and another service tier of the same one here', async () => {
    const { all, requests } = await pull(marketOf(endpoints, [MODEL, BATCHED]), [MODEL]);
    expect(requests.map(({ path }) => path)).toEqual([
      `/api/v1/models/${MODEL}/endpoints`,
      '/api/v1/models',
      `/api/v1/models/${BATCHED}/endpoints`,
    ]);
    const [standard, , batch] = all.map(({ priceSnapshots }) => priceSnapshots?.[0]?.fact);
    expect(standard).toMatchObject({ model: MODEL, tiers: ['standard', 'flex', 'priority'] });
    expect(standard?.prices[0]).not.toHaveProperty('serviceTier');
    expect(batch).toMatchObject({ model: MODEL, tiers: ['batch'], availability: [] });
    expect(batch?.prices).toMatchObject([
      { model: MODEL, host: HOST.tag, serviceTier: 'batch', inputPerMtok: 285_000_000n },
    ]);
    expect(all.flatMap(({ warnings }) => pullWarningSentences(warnings))).toEqual([]);
  });

  test('that are not listed are not sold, where the list could be read', async () => {
    const { all } = await pull(healthyMarket, [MODEL]);
    expect(all[1]?.priceSnapshots?.[0]?.fact).toMatchObject({ tiers: ['batch'], prices: [] });
    const broken = marketOf(endpoints, [MODEL, '\u0000']);
    const { all: unread } = await pull(broken, [MODEL]);
    expect(unread[1]?.priceSnapshots).toBeUndefined();
    expect(unread[1]?.rejects).toMatchObject([{ position: 1 }]);
  });

  test('are found on whatever page of the list they are', async () => {
    const paged: Reply = (response, request) => {
      if (!request.path.endsWith('/models')) return endpoints(response, request);
      const isLast = request.query.get('offset') === '1';
      const next = isLast ? null : '/api/v1/models?offset=1&limit=1';
      const data = [{ id: isLast ? BATCHED : MODEL }];
      json({ data, total_count: 2, links: { next } })(response, request);
    };
    const { all, requests } = await pull(paged, [MODEL]);
    expect(requests.map(({ query }) => query.get('offset'))).toEqual([null, null, '1', null]);
    expect(all.at(-1)?.priceSnapshots?.[0]?.fact.tiers).toEqual(['batch']);
  });
});

test('a price in another unit is stored with a warning', async () => {
  const odd = { ...HOST, pricing: { prompt: '0.57', completion: '0.000001' } };
  const { all } = await pull(marketOf(json(market([odd]))), [MODEL]);
  expect(all[0]?.priceSnapshots?.[0]?.fact.prices).toHaveLength(1);
  expect(pullWarningSentences(all[0]?.warnings)).toEqual([
    `The input price of ${HOST.tag} for ${MODEL} is $570000 for a million tokens. It is ` +
      'stored, but not used until prices.trust in rentcheck.yaml names it. Check whether its ' +
      'unit has changed.',
  ]);
});
