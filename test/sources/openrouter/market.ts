/** One model's market on OpenRouter for tests. */

import { json, type Reply } from '../../support/httpServer.ts';

export const MODEL = 'meta-llama/llama-3.3-70b-instruct';

export const HOST = {
  name: `DeepInfra | ${MODEL}`,
  model_id: MODEL,
  provider_name: 'DeepInfra',
  tag: 'deepinfra/fp8',
  quantization: 'fp8',
  context_length: 131_072,
  status: 0,
  uptime_last_1d: 99.95,
  pricing: {
    prompt: '0.00000057',
    completion: '0.00000285',
    input_cache_read: '0.000000095',
    discount: 0.05,
  },
};

export function market(endpoints: readonly object[], id = MODEL) {
  return { data: { id, name: 'Llama', created: 1, endpoints } };
}

/** The existing models. */
export function listedModels(ids: readonly string[]) {
  const data = ids.map((id) => ({ id, canonical_slug: id, hugging_face_id: null }));
  return { data, total_count: data.length, links: { next: null } };
}

/** The existing models, beside the endpoints of each. */
export function marketOf(endpoints: Reply, ids: readonly string[] = [MODEL]): Reply {
  return (response, request) => {
    const models = json(listedModels(ids));
    (request.path.endsWith('/models') ? models : endpoints)(response, request);
  };
}

export const healthyMarket: Reply = marketOf(json(market([HOST])));
