/** OpenRouter's subject for the source contract. */

import { DAY_MS, dayStartMs } from '../../../src/domain/period.ts';
import { openrouterKind } from '../../../src/sources/registry.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { type EmulatedApi, emulateApi } from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';
import { NOW_MS } from '../../support/testClient.ts';
import { accountDocument, KEY } from './account.ts';
import { healthyMarket, HOST, listedModels, market, MODEL } from './market.ts';
import { AUDITED_AT_MS } from '../../../src/demo/calendar.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import {
  BY_DAY,
  type FaultWorld,
  inventoryPage,
  NO_CHOICE,
  NO_TARGETS,
  startWorldEmulator,
} from '../../faults/world.ts';

const YESTERDAY = Math.floor(NOW_MS / DAY_MS) * DAY_MS - DAY_MS;

const { busy: _busy, ...calm } = accountDocument({
  nowMs: NOW_MS,
  spend: [
    {
      dayMs: YESTERDAY,
      model: MODEL,
      provider: 'DeepInfra',
      endpoint: 'endpoint-1',
      microUsd: 1_250_000,
      prompt: 4_000_000,
      completion: 500_000,
      requests: 300,
    },
  ],
});

/** Accepts any key, because the contract uses its own. */
function open(reply: Reply): Reply {
  return (response, request) => {
    const headers = { ...request.headers, authorization: `Bearer ${KEY}` };
    reply(response, { ...request, headers });
  };
}

const account = open(emulateApi(calm, 'calm'));

export const openrouter: SourceSubject = {
  kind: openrouterKind,
  options: (origin, managementKey) => ({ managementKey, baseUrl: `${origin}/api/v1` }),
  request: {
    window: { startMs: YESTERDAY, endMs: YESTERDAY + DAY_MS },
    usage: [],
    models: [MODEL],
  },
  healthy(response, request) {
    const isSpent = /\/(?:activity|analytics)/.test(request.path);
    (isSpent ? account : healthyMarket)(response, request);
  },
  toldIn: { prices: 'priceSnapshots', charges: 'charges' },
};

const TODAY = dayStartMs(AUDITED_AT_MS);
const WHOLE = { none: 'it comes in one response' };
const COUNTLESS =
  'the response has neither a count nor a total: a missing row looks like no usage, and a known ' +
  'row is not withdrawn without confirmation';
const BLIND = { 'an empty list': COUNTLESS, 'half of the records': COUNTLESS };

const SPENDING = {
  nowMs: AUDITED_AT_MS,
  spend: [2, 3].map((daysAgo) => ({
    dayMs: TODAY - daysAgo * DAY_MS,
    model: 'meta-llama/llama-3.3-70b-instruct',
    provider: 'DeepInfra',
    endpoint: `endpoint-${daysAgo}`,
    microUsd: 1_250_000 + daysAgo,
    prompt: 4_000_000 + daysAgo,
    completion: 500_000,
    reasoning: 1_000,
    requests: 300,
  })),
};

const BATCHLESS =
  'a model without batches is not listed with them either; another price list shows theirs';
const BATCHED = `${MODEL}:batch`;
const OTHERS = ['openai/gpt-oss-120b', 'qwen/qwen3-32b'];

/** A market in which one model has batches, and the spend of an account. */
function worldDocument(): EmulatedApi {
  const { routes, ...document } = accountDocument(SPENDING);
  const ids = [MODEL, ...OTHERS, BATCHED];
  return {
    ...document,
    routes: {
      ...routes,
      '/api/v1/models': () => ({ body: listedModels(ids) }),
      '/api/v1/models/:author/:slug/endpoints': ({ named: { author, slug } }) => ({
        body: market([HOST], `${author}/${slug}`),
      }),
    },
  };
}

export const openrouterSpend: FaultWorld = {
  kind: 'openrouter',
  start: () => startWorldEmulator(worldDocument()),
  options: (origin, timeoutSeconds) => ({
    baseUrl: `${origin}/api/v1`,
    timeoutSeconds,
    managementKey: createSecret('${OPENROUTER_KEY}', () => KEY),
  }),
  request: {
    ...NO_TARGETS,
    window: { startMs: TODAY - 5 * DAY_MS, endMs: TODAY },
    models: [MODEL],
  },
  pages: [
    {
      ...inventoryPage(
        { name: 'the models', path: '/api/v1/models', list: 'data' },
        { links: { next: '/api/v1/models?offset=1' } },
      ),
      blind: { 'an empty list': BATCHLESS, 'half of the records': BATCHLESS },
    },
    {
      name: 'the activity',
      path: /^\/api\/v1\/activity$/,
      list: 'data',
      amount: 'data.*.usage',
      required: 'data.*.completion_tokens',
      id: 'data.*.model',
      choice: NO_CHOICE,
      times: ['data.*.date'],
      nextPage: WHOLE,
      harmless: BY_DAY,
      blind: BLIND,
    },
  ],
};
