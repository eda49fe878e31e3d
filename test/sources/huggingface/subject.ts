/**
 * The list of models of Hugging Face's router, from its documentation of Inference Providers:
 * prices in dollars per million tokens, by partner. Not specified there, so chosen by seed: order,
 * and which fields a partner has.
 */

import { huggingfaceKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import type { FaultWorld } from '../../faults/world.ts';
import type { EmulatedApi } from '../../support/emulator.ts';
import { type Lister, listSubject, listWorld } from '../priceLists.ts';

const KEY = 'hf_0123456789abcdef';
const PRICES = [
  [
    'meta-llama/Llama-3.3-70B-Instruct',
    [
      ['novita', 0.135, 0.4],
      ['together', 0.88, 0.88],
    ],
  ],
  [
    'openai/gpt-oss-120b',
    [
      ['novita', 0.05, 0.25],
      ['cerebras', 0.35, 0.75],
    ],
  ],
  [
    'Qwen/Qwen3-32B',
    [
      ['nscale', 0.08, 0.25],
      ['novita', 0.1, 0.45],
    ],
  ],
] as const;

const document: EmulatedApi = {
  // The list requires no key, and accepts any.
  auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
  errorBody: (_status, error) => ({ error }),
  busy: { status: 429, headers: { 'retry-after': '1' } },
  routes: {
    '/v1/models': ({ choose }) => ({
      body: {
        object: 'list',
        data: choose.shuffled(
          PRICES.map(([id, partners]) => ({
            id,
            object: 'model',
            created: 1_730_000_000,
            owned_by: 'planted_owner',
            architecture: { input_modalities: ['text'], output_modalities: ['text'] },
            providers: choose.shuffled(
              partners.map(([provider, input, output]) => ({
                provider,
                status: 'live',
                ...choose.oneOf({ context_length: 131_072 }, {}),
                pricing: { input, output },
                is_free: false,
                ...choose.oneOf({ supports_tools: true, supports_structured_output: false }, {}),
                ...choose.oneOf({ first_token_latency_ms: 420.5, throughput: 61.2 }, {}),
                is_model_author: false,
              })),
            ),
          })),
        ),
      },
    }),
  },
};

const LISTER: Lister = {
  kind: huggingfaceKind,
  document,
  key: KEY,
  models: PRICES.map(([id]) => id),
};

export const huggingface: SourceSubject = listSubject(LISTER);

export const huggingfaceWorld: FaultWorld = {
  ...listWorld(LISTER, {
    path: /^\/v1\/models/,
    amount: 'data.*.providers.*.pricing.output',
    required: 'data.*.id',
    id: 'data.*.id',
  }),
  mute: {
    '.data.*.providers.*.is_free': 'nothing here is free; source.test.ts has what is',
    '.data.*.providers.*.supports_structured_output':
      'no host here tells it; so has source.test.ts',
  },
};
