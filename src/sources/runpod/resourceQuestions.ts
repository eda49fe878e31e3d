/** Requests about single resources: an endpoint's workers, and pods that no list has. */

import type { Resource } from '../../domain/charge.ts';
import { Failure } from '../../domain/failure.ts';
import type { Query } from '../../platform/baseUrl.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import type { Paging, ApiQuestion, AnswerFacts } from '../api.ts';
import { catchFailure } from '../fetchRecord.ts';
import type { ObservationContext } from '../records.ts';
import type { AccountReader } from './accountBill.ts';
import type { RunpodFamily } from './family.ts';
import { WORKER_RECALL } from './options.ts';
import { type RunpodDetails, readPods, readWorkers } from './inventory.ts';
import { type WorkerLog, workerPrefix } from './workerLog.ts';
import { type Gpu, pagedFields, pagination, POD_FIELDS, workersAnswer } from './wire.ts';

/** What earlier responses of a pull provide to later ones. */
export interface RunpodPullState {
  /** All GPUs of the catalog. */
  readonly types: Gpu[];
  readonly detailsById: Record<RunpodFamily['name'], ReadonlyMap<string, RunpodDetails>>;
  /** Inventories that were read completely. */
  readonly listed: Set<RunpodFamily['name']>;
  readonly account: AccountReader;
  readonly workers: WorkerLog;
  /** Billed pods that no list has, with their billed nano-dollars. */
  readonly unlistedPods: Map<string, bigint>;
}

/** Requests the workers of each endpoint with GPUs: their GPU types and starts. */
export function* workerQuestions(
  sourceId: string,
  learned: RunpodPullState,
): Generator<ApiQuestion> {
  for (const [endpointId, holding] of learned.detailsById.serverless) {
    if (holding.gpuCount === undefined) continue;
    yield workersQuestion(sourceId, endpointId, learned);
  }
}

function workersQuestion(
  sourceId: string,
  endpointId: string,
  learned: RunpodPullState,
): ApiQuestion {
  const name = learned.detailsById.serverless.get(endpointId)?.name ?? endpointId;
  const about = { endpointId, name, types: learned.types, sourceId };
  const listedWorkers: Resource[] = [];
  let hasNoRejects = true;
  return {
    kind: WORKER_RECALL.listing,
    path: ['v2', 'serverless', endpointId, 'workers'],
    expects: 'workers',
    fields: pagedFields(workersAnswer),
    pages: optionalPages,
    read(answer, { where, askedAtMs }) {
      parseResponse(workersAnswer, answer.frame, where);
      const page = readWorkers(answer.items(), { ...about, seenAtMs: askedAtMs });
      hasNoRejects &&= page.rejects.length === 0;
      listedWorkers.push(...page.resources.map(({ fact }) => fact));
      if (catchFailure(() => nextPageQuery(answer.frame, {})) !== undefined) return page;
      learned.workers.take(endpointId, {
        resources: listedWorkers,
        atMs: askedAtMs,
        isWhole: hasNoRejects,
      });
      if (!hasNoRejects) return page;
      const ids = listedWorkers.map(({ resourceId }) => resourceId);
      return { ...page, roster: { kind: 'worker', idPrefix: workerPrefix(endpointId), ids } };
    },
    isEmpty: isGone,
  };
}

/** Details of serverless endpoints with the observed times of their workers. */
export function withWorkers({
  detailsById,
  workers,
}: RunpodPullState): ReadonlyMap<string, RunpodDetails> {
  const merged = new Map(detailsById.serverless);
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

/** A listed endpoint or pod may be deleted by now; the bill still has its cost. */
const isGone = ({ code }: Failure) => code === 'not-found';

/** Most pods to request one by one; RunPod allows 60 requests a minute. */
const MOST_GONE = 20;

/**
 * Requests pods that existed only between two lists, the most expensive first. RunPod may still
 * know them by id.
 */
export function* unlistedPodQuestions(
  seen: ObservationContext,
  { unlistedPods }: RunpodPullState,
): Generator<ApiQuestion> {
  const mostExpensive = [...unlistedPods].toSorted(([, a], [, b]) =>
    a === b ? 0 : a < b ? 1 : -1,
  );
  for (const [podId] of mostExpensive.slice(0, MOST_GONE)) {
    yield {
      kind: 'runpod.inventory.pod',
      path: ['v2', 'pods', podId],
      expects: 'id',
      fields: POD_FIELDS,
      read({ frame }) {
        const { detailsById: _of, ...facts } = readPods([frame], seen);
        return facts;
      },
      isEmpty: isGone,
    };
  }
}

export function noteUnlistedPods(
  charges: NonNullable<AnswerFacts['charges']>,
  listed: ReadonlyMap<string, RunpodDetails>,
  { unlistedPods }: RunpodPullState,
): void {
  for (const { fact } of charges) {
    const { resourceId, billed } = fact;
    if (!listed.has(resourceId))
      unlistedPods.set(resourceId, (unlistedPods.get(resourceId) ?? 0n) + billed);
  }
}

/** These lists are not documented as paged; if they ever are, all pages are read. */
export const optionalPages: Paging = {
  first: {},
  next: (frame) => nextPageQuery(frame, {}),
};

/** Query of the next page; `undefined` after the last one. */
export function nextPageQuery(frame: unknown, first: Query): Query | undefined {
  const { pagination: page } = parseResponse(pagination, frame, 'the next page');
  if (page?.hasNextPage !== true) return undefined;
  const { nextCursor } = page;
  if (typeof nextCursor === 'string' && nextCursor !== '') return { ...first, cursor: nextCursor };
  throw new Failure('malformed', 'the list of RunPod continues, but has no link to its next page', {
    hint: 'the pages read so far are stored; the others are missing',
  });
}
