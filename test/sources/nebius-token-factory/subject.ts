/**
 * Nebius Token Factory's list of models with `verbose=true`, from its API reference: prices in
 * dollars per token. Not specified there, so chosen by seed: order, whether a price is a text or a
 * number, and which fields accompany a price.
 */

import { tokenFactoryKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import type { FaultWorld } from '../../faults/world.ts';
import type { EmulatedApi } from '../../support/emulator.ts';
import { type Lister, listSubject, listWorld } from '../priceLists.ts';

const KEY = 'v1.0123456789abcdef';
const PRICES = [
  ['meta-llama/Llama-3.3-70B-Instruct', '0.00000013', '0.0000004'],
  ['meta-llama/Llama-3.3-70B-Instruct-fast', '0.00000025', '0.00000075'],
  ['google/gemma-3-27b-it', '0.0000001', '0.0000003'],
] as const;

const document: EmulatedApi = {
  auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
  errorBody: (_status, detail) => ({ detail }),
  busy: { status: 429, headers: { 'retry-after': '1' } },
  routes: {
    '/v1/models': ({ query, choose }) => {
      const data = PRICES.map(([id, prompt, completion]) => ({
        id,
        object: 'model',
        created: 1_760_000_000,
        owned_by: 'system',
        ...(query.get('verbose') === 'true'
          ? {
              name: 'planted_name',
              context_length: choose.oneOf(131_072, null),
              quantization: choose.oneOf('fp8', null),
              pricing: {
                prompt: choose.oneOf<string | number>(prompt, Number(prompt)),
                completion,
                request: '0',
                image: '0',
              },
              supported_features: ['tools'],
            }
          : {}),
      }));
      return { body: { object: 'list', data: choose.shuffled(data) } };
    },
  },
};

const LISTER: Lister = {
  kind: tokenFactoryKind,
  document,
  key: KEY,
  models: PRICES.map(([id]) => id),
};

export const tokenFactory: SourceSubject = listSubject(LISTER);

export const tokenFactoryWorld: FaultWorld = listWorld(LISTER, {
  path: /^\/v1\/models/,
  amount: 'data.*.pricing.completion',
  required: 'data.*.id',
  id: 'data.*.id',
});
