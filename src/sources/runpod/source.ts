/** Pulls a RunPod account's rates and inventory, then its bill, which depends on them. */

import type { z } from 'zod';
import { DAY_MS, HOUR_MS, instantText } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import type { JsonList } from '../../platform/jsonList.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import {
  type AnswerContext,
  type Api,
  bearerAuth,
  type Paging,
  type ApiPull,
  type ApiQuestion,
  type AnswerFacts,
  splitWindow,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { catchFailure } from '../fetchRecord.ts';
import type { ObservationContext } from '../records.ts';
import { type PullRequest, type SourceContext, requestsFact } from '../source.ts';
import { newAccountBill } from './accountBill.ts';
import { readRunpodBill } from './billing.ts';
import {
  accountRecord,
  billingFields,
  type Gpu,
  gpusAnswer,
  pagedFields,
  podsAnswer,
  RUNPOD_FAMILIES,
  runpodClustersAnswer,
  type RunpodFamily,
  runpodVolumesAnswer,
  serverlessAnswer,
} from './wire.ts';
import {
  createPoolLookup,
  readPods,
  readRunpodClusters,
  readRunpodEndpoints,
  readRunpodGpus,
  readRunpodVolumes,
  type RunpodDetails,
  type RunpodInventory,
} from './inventory.ts';
import {
  healthApi,
  nextPageQuery,
  noteUnlistedPods,
  optionalPages,
  type RunpodPullState,
  unlistedPodQuestions,
  withWorkers,
  workerQuestions,
} from './resourceQuestions.ts';
import type { RunpodOptions } from './options.ts';
import { workerBounds } from './hours.ts';
import { newWorkerLog } from './workers.ts';

const api: Omit<Api<RunpodOptions>, 'questions'> = {
  kind: 'runpod',
  auth: bearerAuth(({ apiKey }) => apiKey),
};

/** Charges include hours of workers that the ledger has observed, with their bounds. */
export async function* pull(
  setting: SourceContext<RunpodOptions>,
  request: PullRequest,
): AsyncGenerator<Fetched> {
  const startedAtMs = setting.tools.clock.nowMs();
  const { earlier } = request;
  const types: Gpu[] = [];
  const workers = newWorkerLog(earlier, { types, nowMs: startedAtMs });
  const accountApi = {
    ...api,
    questions: (pulled: ApiPull<RunpodOptions>) => questions(pulled, { types, workers }),
  };
  const pullsAccount = requestsFact(request, 'charges', 'inventory', 'rates');
  let isRefused = false;
  for await (const fetched of pullsAccount ? createPull(accountApi)(setting, request) : []) {
    isRefused ||= ['auth', 'config'].includes(fetched.fetch.failure?.code ?? '');
    yield fetched;
  }
  if (requestsFact(request, 'usage') && !isRefused) yield* pullHealth(setting, request);
  if (!pullsAccount) return;
  if (earlier === undefined) return;
  const times = { startedAtMs, endedAtMs: setting.tools.clock.nowMs() };
  yield* workerBounds(workers, { sourceId: setting.id, window: request.window, ...times });
}

/** The health endpoint has another base URL. */
function pullHealth(setting: SourceContext<RunpodOptions>, request: PullRequest) {
  const options = { ...setting.options, baseUrl: setting.options.healthUrl };
  return createPull(healthApi)({ ...setting, options }, request);
}

function* questions(
  pull: ApiPull<RunpodOptions>,
  { types, workers }: Pick<RunpodPullState, 'types' | 'workers'>,
): Generator<ApiQuestion> {
  const { id, nowMs, request } = pull;
  const seen: ObservationContext = { sourceId: id, seenAtMs: nowMs };
  const noDetails = new Map<string, RunpodDetails>();
  const learned: RunpodPullState = {
    types,
    workers,
    detailsById: {
      pods: noDetails,
      serverless: noDetails,
      'network-volumes': noDetails,
      clusters: noDetails,
      endpoints: noDetails,
    },
    listed: new Set(),
    account: newAccountBill(),
    unlistedPods: new Map(),
  };
  // The bill needs the inventory, and the inventory needs the catalog.
  yield catalogQuestion(seen, learned, requestsFact(request, 'rates', 'charges'));
  if (requestsFact(request, 'inventory', 'charges')) {
    yield* inventoryQuestions(seen, learned, pull.options.spot);
    yield* workerQuestions(id, learned);
  }
  if (!requestsFact(request, 'charges')) return;
  yield* accountQuestions(pull, learned);
  for (const family of RUNPOD_FAMILIES) yield* billQuestions(family, pull, learned);
  yield* unlistedPodQuestions(seen, learned);
}

/** An inventory sample needs GPU prices, but does not store them as rates. */
function catalogQuestion(
  seen: ObservationContext,
  learned: RunpodPullState,
  storesRates: boolean,
): ApiQuestion {
  return {
    kind: 'runpod.catalog.gpus',
    path: ['v2', 'catalog', 'gpus'],
    expects: 'gpus',
    fields: pagedFields(gpusAnswer),
    pages: optionalPages,
    read(answer, { where }) {
      parseResponse(gpusAnswer, answer.frame, where);
      const { types, rates, ...trouble } = readRunpodGpus(answer.items(), seen);
      learned.types.push(...types);
      return storesRates ? { rates, ...trouble } : trouble;
    },
  };
}

/** Pods come before clusters, whose rate is the sum of their nodes. */
function inventoryQuestions(
  seen: ObservationContext,
  learned: RunpodPullState,
  spot: readonly string[],
): ApiQuestion[] {
  const question = (
    name: RunpodFamily['name'],
    { expects, frame }: { expects: string; frame: z.ZodObject },
    readInventory: (records: Iterable<unknown>) => RunpodInventory,
  ): ApiQuestion => ({
    kind: `runpod.inventory.${name}`,
    path: ['v2', name],
    expects,
    pages: byCursor,
    fields: pagedFields(frame),
    read(answer, { where }) {
      parseResponse(frame, answer.frame, where);
      const { detailsById, ...facts } = readInventory(answer.items());
      learned.detailsById[name] = new Map([...learned.detailsById[name], ...detailsById]);
      if (catchFailure(() => nextPageQuery(answer.frame, PAGE)) === undefined)
        learned.listed.add(name);
      return facts;
    },
  });
  const pods = { expects: 'pods', frame: podsAnswer };
  const serverless = { expects: 'endpoints', frame: serverlessAnswer };
  const volumes = { expects: 'networkVolumes', frame: runpodVolumesAnswer };
  const clusters = { expects: 'clusters', frame: runpodClustersAnswer };
  return [
    {
      ...question('pods', pods, (records) => readPods(records, seen, spot)),
      query: { includeClusterPods: 'true' },
    },
    question('serverless', serverless, (records) =>
      readRunpodEndpoints(records, seen, createPoolLookup(learned.types)),
    ),
    question('network-volumes', volumes, (records) => readRunpodVolumes(records, seen)),
    question('clusters', clusters, (records) =>
      readRunpodClusters(records, seen, learned.detailsById.pods),
    ),
  ];
}

/** Maximum page size. */
const PAGE = { limit: '1000' };

/** Complete lists have no `pagination`; in paged lists each page names the next. */
const byCursor: Paging = {
  first: PAGE,
  next: (frame) => nextPageQuery(frame, PAGE),
};

const BUCKET_MS = { hour: HOUR_MS, day: DAY_MS } as const;
/** Longest period per request: 744 hourly buckets per resource. */
const LONGEST_MS = 31 * DAY_MS;

interface BillOf {
  readonly path: readonly string[];
  readonly record: z.ZodType;
  readonly read: (answer: JsonList, asked: AnswerContext) => AnswerFacts;
}

/** One request per window of a bill. */
function questionsByWindow(
  name: string,
  { options, request }: ApiPull<RunpodOptions>,
  { path, record, read }: BillOf,
): ApiQuestion[] {
  const bucketSize = options.bucket;
  const bucketMs = BUCKET_MS[bucketSize];
  return splitWindow(request.window, { bucketMs, longestMs: LONGEST_MS }).map((asked) => ({
    kind: `runpod.billing.${name}`,
    path: ['v2', 'billing', ...path],
    expects: 'records',
    fields: billingFields(record),
    pages: optionalPages,
    span: {
      window: asked,
      bucketMs,
      query: ({ startMs, endMs }) => ({
        startTime: instantText(startMs),
        endTime: instantText(endMs),
        bucketSize,
      }),
    },
    read,
  }));
}

/** Requested first, because the product bills are checked against it. */
function accountQuestions(
  pull: ApiPull<RunpodOptions>,
  { account }: RunpodPullState,
): ApiQuestion[] {
  const read = (answer: JsonList, asked: AnswerContext) => account.read(answer, pull.id, asked);
  return questionsByWindow('account', pull, { path: [], record: accountRecord, read });
}

function billQuestions(
  family: RunpodFamily,
  pull: ApiPull<RunpodOptions>,
  learned: RunpodPullState,
): ApiQuestion[] {
  const { account } = learned;
  const read = (answer: JsonList, { where, window: asked }: AnswerContext) => {
    const holdings =
      family.name === 'serverless' ? withWorkers(learned) : learned.detailsById[family.name];
    const isUnlisted = !learned.listed.has(family.name);
    const bill = readRunpodBill(answer, {
      sourceId: pull.id,
      family,
      asked,
      where,
      detailsById: holdings,
      isUnlisted,
      account,
    });
    if (family.name === 'pods' && !isUnlisted)
      noteUnlistedPods(bill.charges ?? [], holdings, learned);
    return bill;
  };
  return questionsByWindow(family.name, pull, { path: [family.name], record: family.record, read });
}
