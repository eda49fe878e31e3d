/** Real extracts of the public catalogs: their prices of gpt-oss-120b. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogKind } from '../../src/sources/registry.ts';
import { pullFromSource } from '../contract/source.ts';
import { pricesIn } from '../sources/priceLists.ts';
import { json, startServer } from '../support/httpServer.ts';
import { testClient } from '../support/testClient.ts';

const FOLDER = new URL('../../../shared/reference/pricing/', import.meta.url);
const MODEL = 'openai/gpt-oss-120b';
const dump = (name: string) =>
  JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Record<string, Record<string, object>>;

async function read(catalog: string, answer: unknown) {
  const server = await startServer(json(answer));
  const options = catalogKind.options.parse({ catalog, baseUrl: server.origin });
  const source = catalogKind.create('list', options, testClient({ retries: 0 }));
  const request = { window: { startMs: 0, endMs: 1 }, usage: [], models: [MODEL] };
  const [fetched] = await pullFromSource(source, request);
  await server.close();
  const prices = fetched === undefined ? [] : pricesIn(fetched);
  return { rejects: fetched?.rejects, of: (host: string) => prices.find((p) => p.host === host) };
}

test('models.dev, LiteLLM and genai-prices give the prices that they contain', async () => {
  const { providers = {}, models = {} } = dump('models_dev_2026-07-01.json');
  const tree = Object.entries(providers).map(([id, about]) => [
    id,
    { ...about, models: models[id] },
  ]);
  const dev = await read('models.dev', Object.fromEntries(tree));
  const groq = { inputPerMtok: 150_000_000n, outputPerMtok: 600_000_000n };
  expect(dev.of('groq')).toMatchObject({ hostName: 'Groq', ...groq });
  const lite = await read('litellm', dump('litellm_2026-07-24.json')['models']);
  expect(lite.of('groq')).toMatchObject({ ...groq, cachedInputPerMtok: 75_000_000n });
  expect(lite.of('cerebras')).toMatchObject({ outputPerMtok: 750_000_000n });
  const genai = dump('genai_prices_2026-08-21.json')['providers'] ?? {};
  const list = Object.entries(genai).map(([id, of]) => ({
    id,
    models: Object.entries(of).map(([name, record]) => ({ id: name, ...(record as object) })),
  }));
  const dated = await read('genai-prices', list);
  expect(dated.of('groq')).toMatchObject(groq);
  expect([dev.rejects, lite.rejects, dated.rejects]).toEqual([undefined, undefined, undefined]);
});
