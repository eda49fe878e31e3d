/** Knows how to pull a RunPod account: rates and inventory first, for the bill learns from them. */

import { Failure } from '../../domain/failure.ts';
import { instantText } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { readWire } from '../../platform/wire.ts';
import { orFailure, unsentFetch } from '../fetchRecord.ts';
import { type PullRequest, type Source, type SourceTools, wants } from '../source.ts';
import { type Account, ask, type Question } from './ask.ts';
import { readBill } from './billing.ts';
import { bucketWindows } from './buckets.ts';
import { FAMILIES, type Family } from './family.ts';
import { type Holding, type Inventory, readEndpoints, readPods, readVolumes } from './inventory.ts';
import type { RunpodOptions } from './options.ts';
import { NO_POOLS, type Pools, readGpus } from './rates.ts';
import type { Seen } from './records.ts';
import { gpusAnswer, podsAnswer, serverlessAnswer, volumesAnswer } from './wire.ts';

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
  for (const question of questionsOf(setting, request)) {
    const fetched = await ask(account, question);
    yield fetched;
    // A key that is refused once is refused for all: asking on would only look like an attack.
    if (fetched.fetch.failure?.code === 'auth') return;
  }
}

/** What earlier answers of the same pull told the later ones. */
interface Learned {
  pools: Pools;
  readonly holdings: Record<Family['name'], ReadonlyMap<string, Holding>>;
}

function* questionsOf(setting: Setting, request: PullRequest): Generator<Question> {
  const seen: Seen = { sourceId: setting.id, seenAtMs: setting.tools.clock.nowMs() };
  const none = new Map<string, Holding>();
  const learned: Learned = {
    pools: NO_POOLS,
    holdings: { pods: none, serverless: none, 'network-volumes': none },
  };
  // The bill learns from the inventory, and the inventory from the catalog.
  yield catalogQuestion(seen, learned);
  if (wants(request, 'inventory', 'charges')) yield* inventoryQuestions(seen, learned);
  if (!wants(request, 'charges')) return;
  for (const family of FAMILIES) yield* billQuestions(family, setting, { request, learned });
}

function catalogQuestion(seen: Seen, learned: Learned): Question {
  return {
    kind: 'runpod.catalog.gpus',
    path: ['v2', 'catalog', 'gpus'],
    list: 'gpus',
    isPrivate: false,
    read(value, where) {
      const { pools, ...facts } = readGpus(readWire(gpusAnswer, value, where).gpus, seen);
      learned.pools = pools;
      return facts;
    },
  };
}

function inventoryQuestions(seen: Seen, learned: Learned): Question[] {
  const question = (
    name: Family['name'],
    list: string,
    readInventory: (value: unknown, where: string) => Inventory,
  ): Question => ({
    kind: `runpod.inventory.${name}`,
    path: ['v2', name],
    list,
    isPrivate: true,
    read(value, where) {
      const { holdings, ...facts } = readInventory(value, where);
      learned.holdings[name] = holdings;
      return facts;
    },
  });
  return [
    question('pods', 'pods', (value, where) =>
      readPods(readWire(podsAnswer, value, where).pods, seen),
    ),
    question('serverless', 'endpoints', (value, where) =>
      readEndpoints(readWire(serverlessAnswer, value, where).endpoints, seen, learned.pools),
    ),
    question('network-volumes', 'networkVolumes', (value, where) =>
      readVolumes(readWire(volumesAnswer, value, where).networkVolumes, seen),
    ),
  ];
}

function billQuestions(
  family: Family,
  { id, options }: Setting,
  { request, learned }: { request: PullRequest; learned: Learned },
): Question[] {
  return bucketWindows(request.window, options.bucket).map((window) => ({
    kind: `runpod.billing.${family.name}`,
    path: ['v2', 'billing', family.name],
    query: {
      startTime: instantText(window.startMs),
      endTime: instantText(window.endMs),
      bucketSize: options.bucket,
    },
    window,
    list: 'records',
    isPrivate: false,
    read(value, where) {
      const holdings = learned.holdings[family.name];
      return readBill(value, { sourceId: id, family, asked: window, where, holdings });
    },
  }));
}
