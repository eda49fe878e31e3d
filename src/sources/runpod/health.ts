/** How many jobs a serverless endpoint ended: differences of the counters of its health. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import type { RequestCount } from '../../domain/usageFacts.ts';
import { parseLossless } from '../../platform/json.ts';
import { fieldsOf } from '../../platform/readFields.ts';
import { readWire, wholeNumber } from '../../platform/wire.ts';
import { type Api, bearer, type Pull, type Question, type Read, type Unaskable } from '../api.ts';
import { orFailure } from '../fetchRecord.ts';
import { requireMatch } from '../gatewayMatch.ts';
import type { EarlierAnswer, UsageTarget } from '../source.ts';
import { ENDPOINT_KEYS, HEALTH, type RunpodOptions } from './options.ts';

const count = wholeNumber.refine((value) => value >= 0, { error: 'expected 0 or more' });
const health = z.object({
  jobs: z.object({ completed: count.nullish(), failed: count.nullish() }),
});

/** Asked at `healthUrl`, with the same key. */
export const healthApi: Api<RunpodOptions> = {
  kind: 'runpod',
  auth: bearer(({ apiKey }) => apiKey),
  questions,
};

function* questions(pull: Pull<RunpodOptions>): Generator<Question | Unaskable> {
  const { usage } = pull.request;
  const fault = orFailure(() => requireMatch(usage, { match: ENDPOINT_KEYS, labels: [] }));
  if (fault instanceof Failure) yield { kind: HEALTH, failure: fault };
  else for (const target of usage) yield healthQuestion(pull, target);
}

function healthQuestion(
  { id: sourceId, request }: Pull<RunpodOptions>,
  { deployment, match }: UsageTarget,
): Question {
  const endpoint = match['endpoint'] ?? '';
  return {
    kind: HEALTH,
    path: ['v2', endpoint, 'health'],
    expects: 'jobs',
    fields: fieldsOf(health),
    read({ frame }, { where, askedAtMs }) {
      const { jobs: now } = readWire(health, frame, where);
      const last = newestOf(request.answers ?? [], endpoint);
      if (last === undefined || last.atMs >= askedAtMs) return {};
      const { jobs: before } = last;
      const period = { startMs: last.atMs, endMs: askedAtMs };
      return countOf({ sourceId, deployment, period }, { before, now });
    },
    explain: (failure) => hinted(failure, endpoint),
  };
}

type Jobs = z.output<typeof health>['jobs'];

interface Sample {
  readonly atMs: number;
  readonly jobs: Jobs;
}

function newestOf(answers: readonly EarlierAnswer[], endpoint: string): Sample | undefined {
  const path = `/v2/${encodeURIComponent(endpoint)}/health`;
  const last = answers.findLast(({ url }) => new URL(url).pathname.endsWith(path));
  if (last === undefined) return undefined;
  const { jobs } = readWire(health, parseLossless(last.body, last.url), last.url);
  return { atMs: last.atMs, jobs };
}

/**
 * What was counted between two samples. A counter that is lower than before has begun anew at a
 * time that nobody tells: of that stretch nothing is known.
 */
function countOf(
  of: Pick<RequestCount, 'sourceId' | 'deployment' | 'period'>,
  { before, now }: { readonly before: Jobs; readonly now: Jobs },
): Read {
  const answered = gainOf(before.completed, now.completed);
  const failed = gainOf(before.failed, now.failed);
  if (answered === undefined) return {};
  if (answered < 0 || (failed ?? 0) < 0) {
    const says = `the counters of ${of.deployment} restarted; the requests so far are unknown`;
    return { warnings: [says] };
  }
  const fact: RequestCount = { ...of, answered, ...(failed === undefined ? {} : { failed }) };
  return { requestCounts: [{ position: 0, fact }] };
}

function gainOf(before: number | null | undefined, now: number | null | undefined) {
  const isTold = typeof before === 'number' && typeof now === 'number';
  return isTold ? now - before : undefined;
}

function hinted(failure: Failure, endpoint: string): Failure {
  if (failure.code !== 'not-found') return failure;
  return new Failure('not-found', failure.message, {
    ...(failure.where === undefined ? {} : { where: failure.where }),
    hint: `set match.endpoint to the id of a serverless endpoint, not ${endpoint}`,
    cause: failure,
  });
}
