/** Pulls a RunPod account's rates and inventory, then its bill, which depends on them. */

import type { z } from 'zod';
import { DAY_MS, HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import { readWire } from '../../platform/wire.ts';
import {
  type Answered,
  type Api,
  bearer,
  type Pages,
  type Pull,
  type Question,
  type Read,
  windowsOf,
} from '../api.ts';
import { pullerOf } from '../driver.ts';
import { orFailure } from '../fetchRecord.ts';
import type { Seen } from '../records.ts';
import { type PullRequest, type Setting, wants } from '../source.ts';
import { newAccountBill } from './accountBill.ts';
import { readBill } from './billing.ts';
import { FAMILIES, type Family } from './family.ts';
import {
  type Holding,
  type Inventory,
  readClusters,
  readEndpoints,
  readPods,
  readVolumes,
} from './inventory.ts';
import {
  goneQuestions,
  ifPaged,
  type Learned,
  nextOf,
  noteGone,
  withWorkers,
  workerQuestions,
} from './oneByOne.ts';
import type { RunpodOptions } from './options.ts';
import { poolsOf, readGpus } from './rates.ts';
import { healthApi } from './health.ts';
import { boundsOf } from './workerBounds.ts';
import { newWorkerLog } from './workerLog.ts';
import {
  accountRecord,
  billingFields,
  clustersAnswer,
  type Gpu,
  gpusAnswer,
  pagedFields,
  podsAnswer,
  serverlessAnswer,
  volumesAnswer,
} from './wire.ts';

const api: Omit<Api<RunpodOptions>, 'questions'> = {
  kind: 'runpod',
  auth: bearer(({ apiKey }) => apiKey),
};

/** Charges include hours of workers that the ledger has observed, with their bounds. */
export async function* pull(
  setting: Setting<RunpodOptions>,
  request: PullRequest,
): AsyncGenerator<Fetched> {
  const startedAtMs = setting.tools.clock.nowMs();
  const { earlier } = request;
  const types: Gpu[] = [];
  const workers = newWorkerLog(earlier, { types, nowMs: startedAtMs });
  const accountApi = {
    ...api,
    questions: (pulled: Pull<RunpodOptions>) => questions(pulled, { types, workers }),
  };
  const pullsAccount = wants(request, 'charges', 'inventory', 'rates');
  let isRefused = false;
  for await (const fetched of pullsAccount ? pullerOf(accountApi)(setting, request) : []) {
    isRefused ||= ['auth', 'config'].includes(fetched.fetch.failure?.code ?? '');
    yield fetched;
  }
  if (wants(request, 'usage') && !isRefused) yield* pullHealth(setting, request);
  if (!pullsAccount) return;
  if (earlier === undefined) return;
  const times = { startedAtMs, endedAtMs: setting.tools.clock.nowMs() };
  yield* boundsOf(workers, { sourceId: setting.id, window: request.window, ...times });
}

/** The health endpoint has another base URL. */
function pullHealth(setting: Setting<RunpodOptions>, request: PullRequest) {
  const options = { ...setting.options, baseUrl: setting.options.healthUrl };
  return pullerOf(healthApi)({ ...setting, options }, request);
}

function* questions(
  pull: Pull<RunpodOptions>,
  { types, workers }: Pick<Learned, 'types' | 'workers'>,
): Generator<Question> {
  const { id, nowMs, request } = pull;
  const seen: Seen = { sourceId: id, seenAtMs: nowMs };
  const noDetails = new Map<string, Holding>();
  const learned: Learned = {
    types,
    workers,
    holdings: {
      pods: noDetails,
      serverless: noDetails,
      'network-volumes': noDetails,
      clusters: noDetails,
      endpoints: noDetails,
    },
    listed: new Set(),
    account: newAccountBill(),
    gone: new Map(),
  };
  // The bill needs the inventory, and the inventory needs the catalog.
  yield catalogQuestion(seen, learned, wants(request, 'rates', 'charges'));
  if (wants(request, 'inventory', 'charges')) {
    yield* inventoryQuestions(seen, learned, pull.options.spot);
    yield* workerQuestions(id, learned);
  }
  if (!wants(request, 'charges')) return;
  yield* accountQuestions(pull, learned);
  for (const family of FAMILIES) yield* billQuestions(family, pull, learned);
  yield* goneQuestions(seen, learned);
}

/** An inventory sample needs GPU prices, but does not store them as rates. */
function catalogQuestion(seen: Seen, learned: Learned, storesRates: boolean): Question {
  return {
    kind: 'runpod.catalog.gpus',
    path: ['v2', 'catalog', 'gpus'],
    expects: 'gpus',
    fields: pagedFields(gpusAnswer),
    pages: ifPaged,
    read(answer, { where }) {
      readWire(gpusAnswer, answer.frame, where);
      const { types, rates, ...trouble } = readGpus(answer.items(), seen);
      learned.types.push(...types);
      return storesRates ? { rates, ...trouble } : trouble;
    },
  };
}

/** Pods come before clusters, whose rate is the sum of their nodes. */
function inventoryQuestions(seen: Seen, learned: Learned, spot: readonly string[]): Question[] {
  const question = (
    name: Family['name'],
    { expects, frame }: { expects: string; frame: z.ZodObject },
    readInventory: (records: Iterable<unknown>) => Inventory,
  ): Question => ({
    kind: `runpod.inventory.${name}`,
    path: ['v2', name],
    expects,
    pages: byCursor,
    fields: pagedFields(frame),
    read(answer, { where }) {
      readWire(frame, answer.frame, where);
      const { holdings, ...facts } = readInventory(answer.items());
      learned.holdings[name] = new Map([...learned.holdings[name], ...holdings]);
      if (orFailure(() => nextOf(answer.frame, PAGE)) === undefined) learned.listed.add(name);
      return facts;
    },
  });
  const pods = { expects: 'pods', frame: podsAnswer };
  const serverless = { expects: 'endpoints', frame: serverlessAnswer };
  const volumes = { expects: 'networkVolumes', frame: volumesAnswer };
  const clusters = { expects: 'clusters', frame: clustersAnswer };
  return [
    {
      ...question('pods', pods, (records) => readPods(records, seen, spot)),
      query: { includeClusterPods: 'true' },
    },
    question('serverless', serverless, (records) =>
      readEndpoints(records, seen, poolsOf(learned.types)),
    ),
    question('network-volumes', volumes, (records) => readVolumes(records, seen)),
    question('clusters', clusters, (records) => readClusters(records, seen, learned.holdings.pods)),
  ];
}

/** Maximum page size. */
const PAGE = { limit: '1000' };

/** Complete lists have no `pagination`; in paged lists each page names the next. */
const byCursor: Pages = {
  first: PAGE,
  next: (frame) => nextOf(frame, PAGE),
};

const BUCKET_MS = { hour: HOUR_MS, day: DAY_MS } as const;
/** Longest period per request: 744 hourly buckets per resource. */
const LONGEST_MS = 31 * DAY_MS;

interface BillOf {
  readonly path: readonly string[];
  readonly record: z.ZodType;
  readonly read: (answer: ListBody, asked: InWindow) => Read;
}

/** One request per window of a bill. */
function questionsByWindow(
  name: string,
  { options, request }: Pull<RunpodOptions>,
  { path, record, read }: BillOf,
): Question[] {
  const bucketSize = options.bucket;
  const bucketMs = BUCKET_MS[bucketSize];
  return windowsOf(request.window, { bucketMs, longestMs: LONGEST_MS }).map((asked) => ({
    kind: `runpod.billing.${name}`,
    path: ['v2', 'billing', ...path],
    expects: 'records',
    fields: billingFields(record),
    pages: ifPaged,
    span: {
      window: asked,
      bucketMs,
      query: ({ startMs, endMs }) => ({
        startTime: instantText(startMs),
        endTime: instantText(endMs),
        bucketSize,
      }),
    },
    read: (answer, { window = asked, ...answered }) => read(answer, { ...answered, window }),
  }));
}

type InWindow = Answered & { readonly window: Period };

/** Requested first, because the product bills are checked against it. */
function accountQuestions(pull: Pull<RunpodOptions>, { account }: Learned): Question[] {
  const read = (answer: ListBody, asked: InWindow) => account.read(answer, pull.id, asked);
  return questionsByWindow('account', pull, { path: [], record: accountRecord, read });
}

function billQuestions(family: Family, pull: Pull<RunpodOptions>, learned: Learned): Question[] {
  const { account } = learned;
  const read = (answer: ListBody, { where, window: asked }: InWindow) => {
    const holdings =
      family.name === 'serverless' ? withWorkers(learned) : learned.holdings[family.name];
    const isUnlisted = !learned.listed.has(family.name);
    const bill = readBill(answer, {
      sourceId: pull.id,
      family,
      asked,
      where,
      holdings,
      isUnlisted,
      account,
    });
    if (family.name === 'pods' && !isUnlisted) noteGone(bill.charges ?? [], holdings, learned);
    return bill;
  };
  return questionsByWindow(family.name, pull, { path: [family.name], record: family.record, read });
}
