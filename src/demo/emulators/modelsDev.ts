/** Emulates models.dev, a public catalog of token prices. */

import { CATALOG_ENTRIES } from '../market.ts';
import { type Emulator, jsonResponse, startEmulator } from './emulator.ts';

/** Serves `GET https://models.dev/api.json`, which needs no key. */
export function startModelsDev(): Promise<Emulator> {
  const body = catalog();
  return startEmulator(({ method, path }) =>
    method === 'GET' && path === '/api.json'
      ? jsonResponse(body)
      : jsonResponse({ error: 'not found' }, 404),
  );
}

/** Providers with their models and prices in dollars per million tokens. */
function catalog() {
  const byProvider = Map.groupBy(CATALOG_ENTRIES, ({ provider }) => provider);
  const providers = [...byProvider].map(([id, entries]) => {
    const models = entries.map(({ model, input, output }) => [
      model,
      {
        id: model,
        name: model,
        cost: { input, output },
        limit: { context: 131_072, output: 16_384 },
      },
    ]);
    return [id, { id, name: id, env: [], models: Object.fromEntries(models) as object }];
  });
  // The source of rentcheck requires a provider that every real catalog lists.
  return {
    openai: { id: 'openai', name: 'OpenAI', models: {} },
    ...(Object.fromEntries(providers) as object),
  };
}
