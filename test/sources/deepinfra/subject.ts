/**
 * DeepInfra's list of models, from its page on the OpenAI-compatible API and the metadata that
 * `filter=with_meta` adds: prices in dollars for a million tokens. Open there, so chosen by seed:
 * order, whether a price is a number or a text, and which fields stand beside it.
 */

import { deepinfraKind } from '../../../src/sources/deepinfra/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import type { World } from '../../faults/world.ts';
import type { EmulatedApi } from '../../support/emulator.ts';
import { type Lister, listSubject, listWorld } from '../priceLists.ts';

const KEY = 'deepinfra-0123456789abcdef';

/** US dollars for a million tokens. */
const PRICES = [
  ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 0.1, 0.32, undefined],
  ['openai/gpt-oss-120b', 0.037, 0.17, 0.012],
  ['Qwen/Qwen3-32B', 0.08, 0.28, undefined],
] as const;

const document: EmulatedApi = {
  auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
  problem: (_status, message) => ({ detail: { error: message } }),
  busy: { status: 429, headers: { 'retry-after': '1' } },
  routes: {
    '/v1/openai/models': ({ query, choose }) => {
      const data = PRICES.map(([id, input, output, cached]) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: 'deepinfra',
        root: id,
        parent: null,
        metadata: {
          description: 'planted_description',
          ...choose.oneOf({ context_length: 131_072 }, {}),
          max_tokens: choose.oneOf(16_384, null),
          pricing: {
            input_tokens: choose.oneOf<number | string>(input, String(input)),
            output_tokens: output,
            ...(cached === undefined ? {} : { cache_read_tokens: cached }),
          },
          tags: ['prompt_cache'],
        },
      }));
      const plain = data.map(({ metadata: _metadata, ...model }) => model);
      const isWith = query.get('filter') === 'with_meta';
      return { body: { object: 'list', data: choose.shuffled<object>(isWith ? data : plain) } };
    },
  },
};

const LISTER: Lister = {
  kind: deepinfraKind,
  document,
  key: KEY,
  models: PRICES.map(([id]) => id),
};

export const deepinfra: SourceSubject = listSubject(LISTER);

export const deepinfraWorld: World = listWorld(LISTER, {
  path: /^\/v1\/openai\/models/,
  amount: 'data.*.metadata.pricing.output_tokens',
  required: 'data.*.id',
  id: 'data.*.id',
});
