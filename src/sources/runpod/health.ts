/** Counts finished jobs of serverless endpoints, as differences of their health counters. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import type { RequestCount } from '../../domain/usageFacts.ts';
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
  question,
} from '../api.ts';
import { catchFailure } from '../fetchRecord.ts';
import { requireMatch } from '../gatewayMatch.ts';
import type { StoredAnswer, UsageTarget } from '../source.ts';
import { ENDPOINT_KEYS, HEALTH_KIND, type RunpodOptions } from './options.ts';

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
