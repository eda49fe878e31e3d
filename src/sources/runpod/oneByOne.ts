/** What is asked of one thing at a time: an endpoint's workers, a pod that no list shows. */

import type { Resource } from '../../domain/charge.ts';
import { Failure } from '../../domain/failure.ts';
import type { Query } from '../../platform/baseUrl.ts';
import { readWire } from '../../platform/wire.ts';
import type { Pages, Question, Read } from '../api.ts';
import { orFailure } from '../fetchRecord.ts';
import type { Seen } from '../records.ts';
import type { AccountReader } from './accountBill.ts';
import type { Family } from './family.ts';
import { WORKERS } from './options.ts';
import { type Holding, readPods, readWorkers } from './inventory.ts';
import { type WorkerLog, workerPrefix } from './workerLog.ts';
import { type Gpu, pagedFields, pagination, POD_FIELDS, workersAnswer } from './wire.ts';

/** What earlier answers of the same pull told the later ones. */
export interface Learned {
  /** All GPUs of the catalog. */
  readonly types: Gpu[];
  readonly holdings: Record<Family['name'], ReadonlyMap<string, Holding>>;
  /** Inventories that came whole. */
  readonly listed: Set<Family['name']>;
  readonly account: AccountReader;
  readonly workers: WorkerLog;
  /** Pods on the bill that no list shows, with what they are billed. */
  readonly gone: Map<string, bigint>;
}

/** The workers of each endpoint that has GPUs: which of them it got, and since when they run. */
export function* workerQuestions(sourceId: string, learned: Learned): Generator<Question> {
  for (const [endpointId, holding] of learned.holdings.serverless) {
    if (holding.gpuCount === undefined) continue;
    yield workersQuestion(sourceId, endpointId, learned);
  }
}

function workersQuestion(sourceId: string, endpointId: string, learned: Learned): Question {
  const name = learned.holdings.serverless.get(endpointId)?.name ?? endpointId;
  const about = { endpointId, name, types: learned.types, sourceId };
  const told: Resource[] = [];
  let isGood = true;
  return {
    kind: WORKERS.listing,
    path: ['v2', 'serverless', endpointId, 'workers'],
    expects: 'workers',
    fields: pagedFields(workersAnswer),
    pages: ifPaged,
    read(answer, { where, askedAtMs }) {
      readWire(workersAnswer, answer.frame, where);
      const page = readWorkers(answer.items(), { ...about, seenAtMs: askedAtMs });
      isGood &&= page.rejects.length === 0;
      told.push(...page.resources.map(({ fact }) => fact));
      if (orFailure(() => nextOf(answer.frame, {})) !== undefined) return page;
      learned.workers.take(endpointId, { resources: told, atMs: askedAtMs, isWhole: isGood });
      if (!isGood) return page;
      const ids = told.map(({ resourceId }) => resourceId);
      return { ...page, roster: { kind: 'worker', idPrefix: workerPrefix(endpointId), ids } };
    },
    isEmpty: isGone,
  };
}

/** The holdings of serverless endpoints, with what is known of their workers. */
export function withWorkers({ holdings, workers }: Learned): ReadonlyMap<string, Holding> {
  const merged = new Map(holdings.serverless);
  for (const [endpointId, time] of workers.times()) {
    const counts = new Set(time.ran.map(({ gpuCount }) => gpuCount ?? 1));
    const [only] = counts.size === 1 ? counts : [undefined];
    const { name } = time;
    const known = merged.get(endpointId) ?? {
      ...(name === undefined ? {} : { name }),
      ...(only === undefined ? {} : { gpuCount: only }),
    };
    merged.set(endpointId, { ...known, workers: time });
  }
  return merged;
}

/** What was listed a moment ago may be gone by now; its bill shows what it cost. */
const isGone = ({ code }: Failure) => code === 'not-found';

/** So many pods are asked for one by one, for RunPod allows 60 questions a minute. */
const MOST_GONE = 20;

/** Pods that lived between two lists, those that cost most first: RunPod may know them by id. */
export function* goneQuestions(seen: Seen, { gone }: Learned): Generator<Question> {
  const dearest = [...gone].toSorted(([, a], [, b]) => (a === b ? 0 : a < b ? 1 : -1));
  for (const [podId] of dearest.slice(0, MOST_GONE)) {
    yield {
      kind: 'runpod.inventory.pod',
      path: ['v2', 'pods', podId],
      expects: 'id',
      fields: POD_FIELDS,
      read({ frame }) {
        const { holdings: _of, ...facts } = readPods([frame], seen);
        return facts;
      },
      isEmpty: isGone,
    };
  }
}

export function noteGone(
  charges: NonNullable<Read['charges']>,
  listed: ReadonlyMap<string, Holding>,
  { gone }: Learned,
): void {
  for (const { fact } of charges) {
    const { resourceId, billed } = fact;
    if (!listed.has(resourceId)) gone.set(resourceId, (gone.get(resourceId) ?? 0n) + billed);
  }
}

/** Not paged as far as is documented; should they ever be, all pages are read. */
export const ifPaged: Pages = {
  first: {},
  next: (frame) => nextOf(frame, {}),
};

/** What the next page is asked with; `undefined` after the last. */
export function nextOf(frame: unknown, first: Query): Query | undefined {
  const { pagination: page } = readWire(pagination, frame, 'the next page');
  if (page?.hasNextPage !== true) return undefined;
  const { nextCursor } = page;
  if (typeof nextCursor === 'string' && nextCursor !== '') return { ...first, cursor: nextCursor };
  throw new Failure('malformed', 'the list of RunPod continues, but has no link to its next page', {
    hint: 'the pages read so far are stored; the others are missing',
  });
}
