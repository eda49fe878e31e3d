/** Pulls Together's token prices and bill, then its hardware, endpoints and clusters. */

import { z } from 'zod';
import type { Period } from '../../domain/period.ts';
import { decimalText, plainNumber } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { type Api, type ApiPull, type ApiQuestion, bearerAuth, question } from '../api.ts';
import { createPull } from '../driver.ts';
import { freeText, providerName } from '../fieldTypes.ts';
import {
  listQuestions,
  type ModelOffers,
  parseListedModel,
  type QuestionFactory,
  readSoldPrices,
  requireModels,
  toContextLength,
  toProviderOffer,
  type UnreadModel,
  wantsPrices,
} from '../priceList.ts';
import { createListings } from '../priceListings.ts';
import { readRecords, toReject } from '../records.ts';
import { requestsFact } from '../source.ts';
import { billQuestions } from './bill.ts';
import {
  CLUSTERS,
  clusterUptime,
  type EndpointRead,
  ENDPOINT_STATES,
  endpointUptime,
  type Hardware,
  hardwareAnswer,
  listedEndpoint,
  readEndpointStates,
  readHardware,
  readTogetherClusters,
  toEndpointResource,
  togetherClustersAnswer,
  togetherEndpoint,
  togetherEndpointsAnswer,
} from './normalize.ts';
import type { TogetherOptions } from './options.ts';

const api: Api<TogetherOptions> = {
  kind: 'together',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions,
};

export const pull = createPull(api);
export const listings = createListings(api, priceQuestions);

function* questions(pull: ApiPull<TogetherOptions>): Generator<ApiQuestion> {
  const { request } = pull;
  yield* priceQuestions(pull, listQuestions);
  const unbilled = yield* billQuestions(pull);
  const isRebuilt = unbilled !== undefined;
  if (!requestsFact(request, 'rates', 'inventory') && !isRebuilt) return;
  const hardwareById = new Map<string, Hardware>();
  yield hardwareQuestion(pull, hardwareById);
  if (!requestsFact(request, 'inventory') && !isRebuilt) return;
  yield* endpointQuestions(pull, hardwareById, unbilled);
  yield clustersQuestion(pull, unbilled);
}

function hardwareQuestion(
  { id, request }: ApiPull<TogetherOptions>,
  hardwareById: Map<string, Hardware>,
): ApiQuestion {
  return question({
    kind: 'together.hardware',
    path: ['hardware'],
    expects: 'data',
    answer: hardwareAnswer,
    read: (_body, { askedAtMs: seenAtMs, ...answer }) => {
      const read = readHardware(answer.items(), { sourceId: id, seenAtMs }, hardwareById);
      const { rates: _unasked, ...trouble } = read;
      return requestsFact(request, 'rates') ? read : trouble;
    },
  });
}

const ENDPOINTS = {
  path: ['endpoints'],
  query: { type: 'dedicated', mine: 'true' },
  expects: 'data',
  answer: togetherEndpointsAnswer,
} as const;

/** Lists lack the hardware, so each endpoint is requested. */
function* endpointQuestions(
  pull: ApiPull<TogetherOptions>,
  hardwareById: ReadonlyMap<string, Hardware>,
  unbilled: Period | undefined,
): Generator<ApiQuestion> {
  const { id: sourceId } = pull;
  const ids: string[] = [];
  yield question({
    ...ENDPOINTS,
    kind: 'together.endpoints',
    read: (_body, answer) => {
      const { facts, ...trouble } = readRecords(answer.items(), listedEndpoint, (item) => item.id);
      ids.push(...new Set(facts.map(({ fact }) => fact)));
      return trouble;
    },
  });
  const endpoints = new Map<string, EndpointRead>();
  for (const id of ids) yield endpointQuestion(pull, { id, hardwareById, endpoints });
  yield question({
    ...ENDPOINTS,
    kind: ENDPOINT_STATES,
    read: (_body, { askedAtMs: seenAtMs, ...answer }) => {
      const read = readEndpointStates(answer.items(), { sourceId, seenAtMs }, endpoints);
      if (unbilled === undefined) return read;
      return { ...read, rebuild: endpointUptime(unbilled, endpoints) };
    },
  });
}

interface EndpointContext {
  readonly id: string;
  readonly hardwareById: ReadonlyMap<string, Hardware>;
  readonly endpoints: Map<string, EndpointRead>;
}

function endpointQuestion(
  { id: sourceId }: ApiPull<TogetherOptions>,
  { id, hardwareById, endpoints }: EndpointContext,
): ApiQuestion {
  return question({
    kind: 'together.endpoint',
    path: ['endpoints', id],
    expects: 'id',
    answer: togetherEndpoint,
    // The endpoint was deleted after it was listed.
    isEmpty: ({ code }) => code === 'not-found',
    read: (item, { askedAtMs: seenAtMs }) => {
      if (item.hardware && !hardwareById.has(item.hardware)) {
        // Without its hardware it would look like an endpoint without GPUs.
        const reason = 'hardware: expected a type that Together lists';
        return { rejects: [toReject(0, { id, hardware: item.hardware }, reason)] };
      }
      const read = toEndpointResource(item, { sourceId, seenAtMs }, hardwareById);
      endpoints.set(id, read);
      return { resources: [{ position: 0, fact: read.resource }], warnings: read.warnings };
    },
  });
}

function clustersQuestion(
  { id: sourceId, options }: ApiPull<TogetherOptions>,
  unbilled: Period | undefined,
): ApiQuestion {
  return question({
    kind: CLUSTERS,
    path: ['compute', 'clusters'],
    expects: 'clusters',
    answer: togetherClustersAnswer,
    read: (_body, { askedAtMs: seenAtMs, ...answer }) => {
      const seen = { sourceId, seenAtMs };
      const read = readTogetherClusters(answer.items(), seen, options.clusterRates);
      if (unbilled === undefined) return read;
      return { ...read, rebuild: clusterUptime(unbilled, options) };
    },
  });
}

const model = z.object({
  id: providerName,
  context_length: plainNumber.nullish().catch(undefined),
  pricing: z
    .object({
      input: decimalText.nullish(),
      output: decimalText.nullish(),
      cached_input: decimalText.nullish(),
    })
    .nullish(),
});
const modelsAnswer = recordList(model);

const serverless = z.object({
  model: providerName,
  type: freeText.nullish(),
  state: freeText.nullish(),
});
const serverlessAnswer = z.object({ data: recordList(serverless) });

/**
 * The list of models includes some that need a dedicated endpoint. The serverless endpoints show
 * which can be called, and without that list no price is stored.
 */
function* priceQuestions(
  pull: ApiPull<TogetherOptions>,
  ask: QuestionFactory,
): Generator<ApiQuestion> {
  if (!wantsPrices(pull.request)) return;
  const callable: { models?: ReadonlySet<string>; isWhole: boolean } = { isWhole: false };
  yield question({
    kind: 'together.endpoints.serverless',
    path: ['endpoints'],
    query: { type: 'serverless' },
    expects: 'data',
    answer: serverlessAnswer,
    read: (_body, answer) => {
      requireModels(answer, answer.where);
      const { facts, ...trouble } = readRecords(answer.items(), serverless, (item) => item);
      const started = facts.filter(
        ({ fact: { type, state } }) =>
          (type ?? 'serverless') === 'serverless' && (state ?? 'STARTED') === 'STARTED',
      );
      callable.models = new Set(started.map(({ fact }) => fact.model));
      callable.isWhole = trouble.rejects.length === 0;
      return trouble;
    },
  });
  const called = callable.models;
  if (called === undefined) return;
  yield* ask(pull, {
    kind: 'together.models',
    path: ['models'],
    isBareList: true,
    answer: modelsAnswer,
    offersOf: (record) => callableOffers(record, { called, ...callable }),
  });
}

interface Callable {
  readonly called: ReadonlySet<string>;
  /** False if an endpoint was unreadable; it may be any model's. */
  readonly isWhole: boolean;
}

function callableOffers(record: unknown, { called, isWhole }: Callable): ModelOffers | UnreadModel {
  const result = parseListedModel(model, record);
  if ('fault' in result) return result;
  const { id, pricing, context_length: contextLength } = result.read;
  if (!called.has(id) && !isWhole) {
    return { model: id, fault: 'an unreadable serverless endpoint may belong to it' };
  }
  if (!called.has(id)) return { model: id, offers: [] };
  const prices = readSoldPrices([
    ['inputPerMtok', 'pricing.input', pricing?.input],
    ['outputPerMtok', 'pricing.output', pricing?.output],
    ['cachedInputPerMtok', 'pricing.cached_input', pricing?.cached_input],
  ]);
  const quantization = precisionOf(id);
  return toProviderOffer(id, SELLER, { prices, quantization, ...toContextLength(contextLength) });
}

const SELLER = { host: 'together', hostName: 'Together' };

/** Together states a precision only in some ids: `Qwen3-235B-A22B-FP8`. */
function precisionOf(id: string): string | undefined {
  return /[-_](fp8|fp16|bf16|fp4|int8|int4|nvfp4|mxfp4)(?:$|[-_])/i.exec(id)?.[1];
}
