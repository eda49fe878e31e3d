/** Pulls requests, errors and tokens by deployment and day from a Portkey organization. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { DAY_MS, instantText, type Period } from '../../domain/period.ts';
import type { RequestCount } from '../../domain/usageFacts.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { instantMsSchema } from '../../platform/responseSchemas.ts';
import {
  type Answered,
  type AnswerFacts,
  type Api,
  type ApiPull,
  type ApiQuestion,
  type FailedQuestion,
  hintsFor,
  question,
  splitWindow,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { catchFailure } from '../fetchRecord.ts';
import { wholeCount } from '../fieldTypes.ts';
import { requireMatch } from '../gatewayMatch.ts';
import { readRecords } from '../records.ts';
import { type UsageTarget, requestsFact } from '../source.ts';
import { PORTKEY_FILTERS, type PortkeyOptions } from './options.ts';

const api: Api<PortkeyOptions> = {
  kind: 'portkey',
  auth: {
    secrets: ({ apiKey }) => [apiKey.reveal()],
    headers: ([key = '']) => ({ 'x-portkey-api-key': key }),
  },
  questions,
};

export const pull = createPull(api);

const point = z.object({ timestamp: instantMsSchema, total: wholeCount });
const graphAnswer = z.object({
  summary: z.object({ total: wholeCount }),
  data_points: recordList(point),
});

function* questions(pull: ApiPull<PortkeyOptions>): Generator<ApiQuestion | FailedQuestion> {
  const { request, nowMs } = pull;
  if (!requestsFact(request, 'usage') || request.usage.length === 0) return;
  const fault = catchFailure(() =>
    requireMatch(request.usage, { match: PORTKEY_FILTERS, labels: [] }),
  );
  if (fault instanceof Failure) {
    yield { kind: 'portkey.graph', failure: fault };
    return;
  }
  for (const day of splitWindow(request.window, { bucketMs: DAY_MS, longestMs: DAY_MS })) {
    if (day.endMs > nowMs) return;
    for (const target of request.usage) yield* dayQuestions(pull, day, target);
  }
}

const GRAPHS = ['requests', 'errors', 'tokens'] as const;

const NO_ANALYTICS = 'use a key with the scope analytics.view; some plans do not include this API';

type Sums = Partial<Record<(typeof GRAPHS)[number], number>>;

/** One question per graph of a day. The fact comes with the last answer. */
function* dayQuestions(
  { id: sourceId }: ApiPull<PortkeyOptions>,
  period: Period,
  { deployment, match }: UsageTarget,
): Generator<ApiQuestion> {
  const sums: Sums = {};
  for (const graph of GRAPHS) {
    yield question({
      kind: `portkey.${graph}`,
      path: ['analytics', 'graphs', graph],
      query: match,
      expects: 'data_points',
      answer: graphAnswer,
      span: {
        window: period,
        bucketMs: DAY_MS,
        // Both ends are inclusive.
        query: ({ startMs, endMs }) => ({
          time_of_generation_min: instantText(startMs),
          time_of_generation_max: instantText(endMs - 1_000),
        }),
      },
      read: ({ summary }, answer) => {
        const total = readTotal(answer, summary.total, period);
        if (typeof total !== 'number') return total;
        sums[graph] = total;
        if (graph !== 'tokens') return {};
        const fact = toRequestCount(sums, { sourceId, deployment, period }, answer.where);
        return fact === undefined ? {} : { requestCounts: [{ position: 0, fact }] };
      },
      explain: hintsFor({ forbidden: NO_ANALYTICS }),
    });
  }
}

/**
 * The total of a graph.
 * @throws {Failure} `malformed` if its points do not add up to the total.
 */
function readTotal(
  { where, ...list }: Answered,
  stated: number,
  { startMs, endMs }: Period,
): AnswerFacts | number {
  const { facts, rejects } = readRecords(list.items(), point, (one) => one);
  if (rejects.length > 0) return { rejects };
  const points = facts.map(({ fact }) => fact);
  const outside = points.find(({ timestamp: atMs }) => atMs < startMs - DAY_MS || atMs >= endMs);
  const sum = points.reduce((total, one) => total + one.total, 0);
  if (outside === undefined && sum === stated) return sum;
  const what =
    outside === undefined
      ? `a total of ${stated}, but points that add up to ${sum}`
      : `a point at ${instantText(outside.timestamp)}, outside the requested period`;
  throw new Failure('malformed', `${where} returned ${what}`, {
    where,
    expected: 'points of the day, and their total',
  });
}

/**
 * The request count of a day. `undefined` for a day without requests, since a day that is no longer
 * stored looks the same.
 */
function toRequestCount(
  { requests, errors, tokens }: Sums,
  common: Pick<RequestCount, 'sourceId' | 'deployment' | 'period'>,
  where: string,
): RequestCount | undefined {
  if (requests === undefined || errors === undefined || tokens === undefined) return undefined;
  if (errors > requests) {
    const message = `${where} attributes ${errors} errors to ${requests} requests`;
    throw new Failure('malformed', message, { where });
  }
  if (requests === 0) return undefined;
  return { ...common, answered: requests - errors, failed: errors, tokens };
}
