/** Requests about single resources: an endpoint's workers and jobs, and pods that no list has. */

import { z } from 'zod';
import type { Resource } from '../../domain/charge.ts';
import { Failure } from '../../domain/failure.ts';
import type { RequestCount } from '../../domain/usageFacts.ts';
import type { Query } from '../../platform/baseUrl.ts';
import { parseLossless } from '../../platform/json.ts';
import { parseResponse, wholeNumber } from '../../platform/responseSchemas.ts';
import {
  type AnswerFacts,
  type Api,
  type ApiPull,
  type ApiQuestion,
  bearerAuth,
  type FailedQuestion,
  hintsFor,
  type Paging,
  question,
} from '../api.ts';
import { catchFailure } from '../fetchRecord.ts';
import { requireMatch } from '../gatewayMatch.ts';
import type { ObservationContext } from '../records.ts';
import type { StoredAnswer, UsageTarget } from '../source.ts';
import type { AccountReader } from './accountBill.ts';
import { readPods, type RunpodDetails } from './inventory.ts';
import { ENDPOINT_KEYS, HEALTH_KIND, type RunpodOptions, WORKER_RECALL } from './options.ts';
import {
  type Gpu,
  pagedFields,
  pagination,
  POD_FIELDS,
  type RunpodFamily,
  workersAnswer,
} from './wire.ts';
import { readWorkers, type WorkerLog, workerPrefix } from './workers.ts';

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

const count = wholeNumber.refine((value) => value >= 0, { error: 'expected 0 or more' });
const health = z.object({
  jobs: z.object({ completed: count.nullish(), failed: count.nullish() }),
});

/** Requests go to `healthUrl` with the same key. */
export const healthApi: Api<RunpodOptions> = {
  kind: 'runpod',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions,
};

function* questions(pull: ApiPull<RunpodOptions>): Generator<ApiQuestion | FailedQuestion> {
  const { usage } = pull.request;
  const fault = catchFailure(() => requireMatch(usage, { match: ENDPOINT_KEYS, labels: [] }));
  if (fault instanceof Failure) yield { kind: HEALTH_KIND, failure: fault };
  else for (const target of usage) yield healthQuestion(pull, target);
}

function healthQuestion(
  { id: sourceId, request }: ApiPull<RunpodOptions>,
  { deployment, match }: UsageTarget,
): ApiQuestion {
  const endpoint = match['endpoint'] ?? '';
  return question({
    kind: HEALTH_KIND,
    path: ['v2', endpoint, 'health'],
    expects: 'jobs',
    answer: health,
    read: ({ jobs: now }, { askedAtMs }) => {
      const last = newestOf(request.answers ?? [], endpoint);
      if (last === undefined || last.atMs >= askedAtMs) return {};
      const { jobs: before } = last;
      const period = { startMs: last.atMs, endMs: askedAtMs };
      return countOf({ sourceId, deployment, period }, { before, now });
    },
    explain: hintsFor({
      'not-found': `set match.endpoint to the id of a serverless endpoint, not ${endpoint}`,
    }),
  });
}

type Jobs = z.output<typeof health>['jobs'];

interface Sample {
  readonly atMs: number;
  readonly jobs: Jobs;
}

function newestOf(answers: readonly StoredAnswer[], endpoint: string): Sample | undefined {
  const path = `/v2/${encodeURIComponent(endpoint)}/health`;
  const last = answers.findLast(({ url }) => new URL(url).pathname.endsWith(path));
  if (last === undefined) return undefined;
  const { jobs } = parseResponse(health, parseLossless(last.body, last.url), last.url);
  return { atMs: last.atMs, jobs };
}

/**
 * The jobs between two samples. A lower counter was reset at an unknown time, so nothing is known
 * of that period.
 */
function countOf(
  about: Pick<RequestCount, 'sourceId' | 'deployment' | 'period'>,
  { before, now }: { readonly before: Jobs; readonly now: Jobs },
): AnswerFacts {
  const answered = increase(before.completed, now.completed);
  const failed = increase(before.failed, now.failed);
  if (answered === undefined) return {};
  if (answered < 0 || (failed ?? 0) < 0) {
    const { deployment } = about;
    return { warnings: [{ code: 'request-counters-restarted', deployment }] };
  }
  const fact: RequestCount = { ...about, answered, ...(failed === undefined ? {} : { failed }) };
  return { requestCounts: [{ position: 0, fact }] };
}

function increase(before: number | null | undefined, now: number | null | undefined) {
  const isKnown = typeof before === 'number' && typeof now === 'number';
  return isKnown ? now - before : undefined;
}
