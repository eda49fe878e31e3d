/**
 * Public catalogs of token prices, from their documents: genai-prices' JSON schema of its data,
 * models.dev's schema of models, and LiteLLM's specification of an entry. Not specified there, so
 * chosen by seed: order, the form of a price, and which optional fields are present.
 */

import { catalogKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import type { FaultPage } from '../../faults/faultList.ts';
import {
  NO_CHOICE,
  NO_TIMES,
  NO_TARGETS,
  startWorldEmulator,
  WORLD_WINDOW,
  type FaultWorld,
} from '../../faults/world.ts';
import { type SeededChoice, type EmulatedApi, emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

const MODELS = ['gpt-oss-120b', 'qwen3-32b', 'llama-3.3-70b'];

/** A price for all prompts is a number, or has no long-prompt tiers. */
function amount(choose: SeededChoice, price: number): unknown {
  return choose.oneOf<unknown>(price, { base: price, tiers: [] });
}

function genaiModel(choose: SeededChoice, [id, input, output]: readonly [string, number, number]) {
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

/** `{cost: {input, output}}`, with optional fields. */
function modelsDevModel(
  choose: SeededChoice,
  id: string,
  [input, output]: readonly [number, number],
) {
  return {
    id,
    name: 'planted_name',
    attachment: false,
    reasoning: true,
    modalities: { input: ['text'], output: ['text'] },
    ...choose.oneOf({ release_date: '2026-01-02' }, {}),
    cost: { input, output, ...choose.oneOf({ reasoning: output }, {}) },
    limit: choose.oneOf({ context: 131_072, output: 8_192 }, { context: 131_072 }),
  };
}

/** Prices of one token, with those that LiteLLM gives by another measure. */
function litellmModel(
  choose: SeededChoice,
  provider: string,
  [input, output]: readonly [number, number],
) {
  return {
    ...choose.oneOf({ mode: 'chat' }, {}),
    ...choose.oneOf({ max_tokens: 8_192, max_output_tokens: 8_192 }, {}),
    max_input_tokens: 131_072,
    input_cost_per_token: input / 1e6,
    output_cost_per_token: output / 1e6,
    ...choose.oneOf({ output_cost_per_image: 0.02 }, {}),
    ...choose.oneOf({ source: 'planted_source', supports_function_calling: true }, {}),
    litellm_provider: provider,
  };
}

type Entries = readonly (readonly [string, unknown])[];
const shuffledObject = (choose: SeededChoice, entries: Entries) =>
  Object.fromEntries(choose.shuffled(entries));

/** The entry that documents every field, and is not a model. */
const SAMPLE = { max_tokens: 'planted_text', litellm_provider: 'one of planted_list' };

const document: EmulatedApi = {
  // Requires no key.
  auth: { header: 'accept-encoding', value: '', status: 401 },
  errorBody: (status, words) => `${status}: ${words}`,
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
    '/api.json': ({ choose }) => ({
      body: shuffledObject(
        choose,
        [['openai', 'OpenAI', [9, 9]] as const, ...HOSTS].map(([id, name, prices]) => [
          id,
          {
            id,
            env: ['PLANTED_KEY'],
            name,
            doc: 'planted_address',
            models: shuffledObject(
              choose,
              (id === 'openai' ? ['gpt-planted'] : MODELS).map((model) => [
                model,
                modelsDevModel(choose, model, prices),
              ]),
            ),
          },
        ]),
      ),
    }),
    '/model_prices_and_context_window.json': ({ choose }) => {
      const [first, ...rest] = choose.shuffled(
        HOSTS.flatMap(([provider, , prices]) =>
          MODELS.map((model) => [
            choose.oneOf(`${provider}/${model}`, `${provider}/acme/${model}`),
            litellmModel(choose, provider, prices),
          ]),
        ),
      );
      return { body: Object.fromEntries([first ?? [], ['sample_spec', SAMPLE], ...rest]) };
    },
  },
};

const { busy: _busy, ...calm } = document;

/** Accepts any key. */
function open(answer: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, [document.auth.header]: document.auth.value };
    answer(response, { ...request, headers });
  };
}

type Catalog = 'genai-prices' | 'models.dev' | 'litellm';

const subjectOf = (name: Catalog): SourceSubject => ({
  kind: catalogKind,
  options: (baseUrl) => ({ catalog: name, baseUrl }),
  request: { window: WORLD_WINDOW, usage: [], models: MODELS },
  healthy: open(emulateApi(calm, 'calm')),
  toldIn: { prices: 'priceSnapshots' },
  isPublic: true,
});

export const catalog = subjectOf('genai-prices');
/** The same kind in its other forms. */
export const otherCatalogs = [subjectOf('models.dev'), subjectOf('litellm')];

const LOSING =
  'a price that a catalog no longer lists counts as withdrawn; a list that lacks most known ' +
  'prices needs confirmation';

type Shape = Pick<FaultPage, 'name' | 'path' | 'amount' | 'required' | 'id'> & Partial<FaultPage>;

function worldOf(name: Catalog, page: Shape): FaultWorld {
  return {
    kind: 'catalog',
    start: () => startWorldEmulator(document, open),
    options: (baseUrl, timeoutSeconds) => ({ catalog: name, baseUrl, timeoutSeconds }),
    request: { ...NO_TARGETS, window: WORLD_WINDOW, models: MODELS },
    pages: [
      {
        list: '',
        choice: NO_CHOICE,
        times: NO_TIMES,
        nextPage: { none: 'the catalog comes in one response' },
        blind: { 'half of the records': LOSING },
        ...page,
      },
    ],
  };
}

/** Maps of which every member is a provider, or a model. */
const ROOT = /^$/;
const NAMED = { none: 'its models are the keys of an object' };

export const catalogWorlds: readonly FaultWorld[] = [
  worldOf('genai-prices', {
    name: 'the catalog',
    path: /^\/data\.json$/,
    amount: '*.models.*.prices.output_mtok',
    required: '*.models.*.id',
    id: '*.models.*.id',
  }),
  {
    ...worldOf('models.dev', {
      name: 'the catalog of models.dev',
      path: /^\/api\.json$/,
      amount: '*.models.*.cost.output',
      required: '*.models',
      id: NAMED,
      harmless: { 'every record twice': 'its providers are the keys of an object' },
    }),
    openMaps: ROOT,
    mute: { '.openai.name': 'it sells none of the models that are wanted' },
  },
  {
    ...worldOf('litellm', {
      name: "LiteLLM's catalog",
      path: /^\/model_prices_and_context_window\.json$/,
      amount: '*.output_cost_per_token',
      required: '*.litellm_provider',
      id: NAMED,
      harmless: { 'every record twice': NAMED.none },
    }),
    openMaps: ROOT,
  },
];
