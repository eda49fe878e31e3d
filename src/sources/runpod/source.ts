/** Knows how to pull a RunPod account: rates and inventory first, for the bill learns from them. */

import type { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { instantText, type Period, period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { fieldsOf } from '../../platform/readFields.ts';
import { readWire } from '../../platform/wire.ts';
import { orFailure, unsentFetch } from '../fetchRecord.ts';
import { type PullRequest, type Source, type SourceTools, wants } from '../source.ts';
import { type Account, ask, type Question } from './ask.ts';
import { readBill } from './billing.ts';
import { bucketed, halvedMs, LONGEST_MS } from './buckets.ts';
import { FAMILIES, type Family } from './family.ts';
import { type Holding, type Inventory, readEndpoints, readPods, readVolumes } from './inventory.ts';
import type { RunpodOptions } from './options.ts';
import { NO_POOLS, type Pools, readGpus } from './rates.ts';
import type { Seen } from './records.ts';
import { billingFields, gpusAnswer, podsAnswer, serverlessAnswer, volumesAnswer } from './wire.ts';

interface Setting {
  readonly id: Source['id'];
  readonly options: RunpodOptions;
  readonly tools: SourceTools;
}

/** Rates and inventory first, for the bill learns from them; each answer as it comes. */
export async function* pull(setting: Setting, request: PullRequest): AsyncGenerator<Fetched> {
  const { id, options, tools } = setting;
  const nowMs = tools.clock.nowMs();
  const key = orFailure(() => options.apiKey.reveal());
  if (key instanceof Failure) {
    yield unsentFetch({ sourceId: id, kind: 'runpod' }, { url: options.baseUrl, nowMs }, key);
    return;
  }
  const account: Account = { sourceId: id, key, options, tools };
  const learned = nothingLearned();
  for (const question of listQuestions(setting, request, learned)) {
    const fetched = await ask(account, question);
    yield fetched;
    if (isRefused(fetched)) return;
  }
  if (!wants(request, 'charges')) return;
  for (const family of FAMILIES) {
    const bill = { family, learned, window: bucketed(request.window, options.bucket) };
    for await (const fetched of readFamily(account, bill)) {
      yield fetched;
      if (isRefused(fetched)) return;
    }
  }
}

/** A key that is refused once is refused for all: asking on would only look like an attack. */
function isRefused({ fetch }: Fetched): boolean {
  return fetch.failure?.code === 'auth';
}

/** What earlier answers of the same pull told the later ones. */
interface Learned {
  pools: Pools;
  readonly holdings: Record<Family['name'], ReadonlyMap<string, Holding>>;
}

function nothingLearned(): Learned {
  const none = new Map<string, Holding>();
  return { pools: NO_POOLS, holdings: { pods: none, serverless: none, 'network-volumes': none } };
}

/** The bill learns from the inventory, and the inventory from the catalog. */
function* listQuestions(
  setting: Setting,
  request: PullRequest,
  learned: Learned,
): Generator<Question> {
  const seen: Seen = { sourceId: setting.id, seenAtMs: setting.tools.clock.nowMs() };
  yield catalogQuestion(seen, learned);
  if (wants(request, 'inventory', 'charges')) yield* inventoryQuestions(seen, learned);
}

function catalogQuestion(seen: Seen, learned: Learned): Question {
  return {
    kind: 'runpod.catalog.gpus',
    path: ['v2', 'catalog', 'gpus'],
    list: 'gpus',
    fields: fieldsOf(gpusAnswer),
    read(list, where) {
      readWire(gpusAnswer, list.frame, where);
      const { pools, ...facts } = readGpus(list.items(), seen);
      learned.pools = pools;
      return facts;
    },
  };
}

function inventoryQuestions(seen: Seen, learned: Learned): Question[] {
  const question = (
    name: Family['name'],
    { list, answer }: { list: string; answer: z.ZodType },
    readInventory: (records: Iterable<unknown>) => Inventory,
  ): Question => ({
    kind: `runpod.inventory.${name}`,
    path: ['v2', name],
    list,
    fields: fieldsOf(answer),
    read(list, where) {
      readWire(answer, list.frame, where);
      const { holdings, ...facts } = readInventory(list.items());
      learned.holdings[name] = holdings;
      return facts;
    },
  });
  return [
    question('pods', { list: 'pods', answer: podsAnswer }, (records) => readPods(records, seen)),
    question('serverless', { list: 'endpoints', answer: serverlessAnswer }, (records) =>
      readEndpoints(records, seen, learned.pools),
    ),
    question('network-volumes', { list: 'networkVolumes', answer: volumesAnswer }, (records) =>
      readVolumes(records, seen),
    ),
  ];
}

interface FamilyBill {
  readonly family: Family;
  readonly learned: Learned;
  /** Whole buckets. */
  readonly window: Period;
}

/** One answer for each stretch of the window; a stretch whose answer is too long is halved. */
async function* readFamily(account: Account, bill: FamilyBill): AsyncGenerator<Fetched> {
  const { bucket } = account.options;
  let lengthMs = LONGEST_MS;
  for (let { startMs } = bill.window; startMs < bill.window.endMs; ) {
    const window = period(startMs, Math.min(startMs + lengthMs, bill.window.endMs));
    const fetched = await ask(account, billQuestion(account, { ...bill, window }));
    const isTooLong = fetched.fetch.failure?.code === 'too-large';
    const shorterMs = isTooLong ? halvedMs(window, bucket) : undefined;
    if (shorterMs === undefined) {
      yield fetched;
      startMs = window.endMs;
    } else {
      lengthMs = shorterMs;
    }
  }
}

function billQuestion({ sourceId, options }: Account, { family, learned, window }: FamilyBill) {
  const question: Question = {
    kind: `runpod.billing.${family.name}`,
    path: ['v2', 'billing', family.name],
    query: {
      startTime: instantText(window.startMs),
      endTime: instantText(window.endMs),
      bucketSize: options.bucket,
    },
    window,
    list: 'records',
    fields: billingFields(family.record),
    read(answer, where) {
      const holdings = learned.holdings[family.name];
      return readBill(answer, { sourceId, family, asked: window, where, holdings });
    },
  };
  return question;
}
