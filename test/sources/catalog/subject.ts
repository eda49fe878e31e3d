/**
 * Public catalogs of token prices, from their documents: genai-prices' JSON schema of its data,
 * models.dev's schema of models, and LiteLLM's specification of an entry. Open there, so chosen by
 * seed: order, how a price is shaped, and which fields stand beside it.
 */

import { catalogKind } from '../../../src/sources/catalog/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { NO_CHOICE, NO_TIMES, NOTHING, startCalm, WINDOW, type World } from '../../faults/world.ts';
import { type Choice, type EmulatedApi, emulated } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

const MODELS = ['gpt-oss-120b', 'qwen3-32b', 'llama-3.3-70b'];

/** A price for all prompts is a number, or has no dearer tiers. */
function amount(choose: Choice, price: number): unknown {
  return choose.oneOf<unknown>(price, { base: price, tiers: [] });
}

function genaiModel(choose: Choice, [id, input, output]: readonly [string, number, number]) {
  const prices = { input_mtok: input, output_mtok: output };
  return {
    id,
    ...choose.oneOf({ name: 'planted_name' }, {}),
    match: { equals: id },
    ...choose.oneOf({ context_window: 131_072 }, {}),
    ...choose.oneOf({ price_comments: 'planted_comment' }, {}),
    prices: choose.oneOf<unknown>(prices, [
      { prices: { ...prices, input_mtok: amount(choose, input) } },
    ]),
  };
}

const HOSTS = [
  ['groq', 'Groq', [0.15, 0.6]],
  ['cerebras', 'Cerebras', [0.35, 0.75]],
] as const;

const document: EmulatedApi = {
  // Nobody is asked for a key.
  auth: { header: 'accept-encoding', value: '', status: 401 },
  problem: (status, words) => `${status}: ${words}`,
  busy: { status: 429, headers: { 'retry-after': '1' } },
  routes: {
    '/data.json': ({ choose }) => ({
      body: choose.shuffled(
        HOSTS.map(([id, name, [input, output]]) => ({
          id,
          name,
          api_pattern: 'planted_pattern',
          models: choose.shuffled(
            MODELS.map((model) => genaiModel(choose, [model, input, output])),
          ),
        })),
      ),
    }),
  },
};

const { busy: _busy, ...calm } = document;

/** Whoever asks is let in. */
function open(answer: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, [document.auth.header]: document.auth.value };
    answer(response, { ...request, headers });
  };
}

export const catalog: SourceSubject = {
  kind: catalogKind,
  options: (baseUrl) => ({ catalog: 'genai-prices', baseUrl }),
  request: { window: WINDOW, usage: [], models: MODELS },
  healthy: open(emulated(calm, 'calm')),
  toldIn: { prices: 'priceSnapshots' },
  isPublic: true,
};

export const catalogWorld: World = {
  kind: 'catalog',
  start: () => startCalm(document, open),
  options: (baseUrl, timeoutSeconds) => ({ catalog: 'genai-prices', baseUrl, timeoutSeconds }),
  request: { ...NOTHING, window: WINDOW, models: MODELS },
  pages: [
    {
      name: 'the catalog',
      path: /^\/data\.json$/,
      list: '',
      amount: '*.models.*.prices.output_mtok',
      required: '*.models.*.id',
      id: '*.models.*.id',
      choice: NO_CHOICE,
      times: NO_TIMES,
      nextPage: { none: 'the catalog comes in one answer' },
      blind: {
        'half of the records':
          'a provider that a catalog no longer has sells no longer, as far as it knows; a list ' +
          'that loses most of what is known waits for a person',
      },
    },
  ],
};
