/**
 * Cerebras' public list of models, from its API reference: prices in dollars per token, as text.
 * Not specified there, so chosen by seed: order, and which fields accompany a price.
 */

import { cerebrasKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import type { FaultWorld } from '../../faults/world.ts';
import type { EmulatedApi } from '../../support/emulator.ts';
import { type Lister, listSubject, listWorld } from '../priceLists.ts';

const KEY = 'csk-0123456789abcdef';
const PRICES = [
  ['gpt-oss-120b', '0.00000035', '0.00000075'],
  ['llama-3.3-70b', '0.00000085', '0.0000012'],
  ['qwen-3-32b', '0.0000004', '0.0000008'],
] as const;

const document: EmulatedApi = {
  // The list requires no key, and accepts any.
  auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
  errorBody: (_status, message) => ({ message, type: 'invalid_request_error', code: 'wrong' }),
  busy: { status: 429, headers: { 'retry-after': '1' } },
  routes: {
    '/public/v1/models': ({ choose }) => ({
      body: {
        object: 'list',
        data: choose.shuffled(
          PRICES.map(([id, prompt, completion]) => ({
            id,
            name: 'planted_name',
            pricing: { prompt, completion },
            capabilities: { reasoning: true, vision: false },
            ...choose.oneOf(
              { limits: { max_context_length: 131_072, max_completion_tokens: 40_960 } },
              { limits: null },
            ),
            deprecated: choose.oneOf(false, true),
          })),
        ),
      },
    }),
  },
};

const LISTER: Lister = { kind: cerebrasKind, document, key: KEY, models: PRICES.map(([id]) => id) };

export const cerebras: SourceSubject = listSubject(LISTER);

export const cerebrasWorld: FaultWorld = listWorld(LISTER, {
  path: /^\/public\/v1\/models/,
  amount: 'data.*.pricing.completion',
  required: 'data.*.id',
  id: 'data.*.id',
});
