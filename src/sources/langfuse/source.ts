/** Pulls tokens and calls by model and hour or day from a Langfuse project. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
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
import { attributionLabels, encodePart } from '../engines/attribution.ts';
import { findTarget, requireMatch, unmatchedNote } from '../gatewayMatch.ts';
import { bucketsBetween, GatewayTally } from '../gatewayTally.ts';
import { readRecords, requireSomeRead, toReject } from '../records.ts';
import { requestsFact } from '../source.ts';
import { LANGFUSE_DIMENSIONS, LANGFUSE_FIELDS, type LangfuseOptions } from './options.ts';
import { z } from 'zod';
import { recordList } from '../../platform/schemaFields.ts';
import { wholeCount } from '../fieldTypes.ts';

const api: Api<LangfuseOptions> = {
  kind: 'langfuse',
  auth: {
    secrets({ publicKey, secretKey }) {
      const secret = secretKey.reveal();
      return [Buffer.from(`${publicKey}:${secret}`).toString('base64'), secret];
    },
    headers: ([pair = '']) => ({ authorization: `Basic ${pair}` }),
  },
  questions,
};

export const pull = createPull(api);

const BUCKET_MS = { hour: HOUR_MS, day: DAY_MS } as const;
/**
 * The most rows in one answer. A week of hours fits five models; a longer answer is split in
 * halves.
 */
const ROW_LIMIT = 1_000;
const LONGEST_MS = { hour: 7 * DAY_MS, day: 31 * DAY_MS } as const;

function* questions(pull: ApiPull<LangfuseOptions>): Generator<ApiQuestion | FailedQuestion> {
  const { request, options, nowMs } = pull;
  if (!requestsFact(request, 'usage') || request.usage.length === 0) return;
  const fault = catchFailure(() => requireMatch(request.usage, LANGFUSE_FIELDS));
  if (fault instanceof Failure) {
    yield { kind: 'langfuse.metrics', failure: fault };
    return;
  }
  const bucketMs = BUCKET_MS[options.granularity];
  const longestMs = LONGEST_MS[options.granularity];
  const lastSeen = { lastMs: Number.NaN };
  for (const window of splitWindow(request.window, { bucketMs, longestMs })) {
    if (window.startMs > nowMs) return;
    yield metricsQuestion(pull, window, lastSeen);
  }
}

/** `lastSeen.lastMs` is the time of the last call before this window that this pull has seen. */
function metricsQuestion(
  pull: ApiPull<LangfuseOptions>,
  window: Period,
  lastSeen: { lastMs: number },
): ApiQuestion {
  const { options } = pull;
  return question({
    kind: 'langfuse.metrics',
    path: ['api', 'public', 'v2', 'metrics'],
    expects: 'data',
    answer: metricsAnswer,
    span: {
      window,
      bucketMs: BUCKET_MS[options.granularity],
      query: (asked) => ({ query: JSON.stringify(metricsQuery(pull, asked)) }),
    },
    read: (_body, answer) => readMetrics(answer, pull, lastSeen),
    explain: hintsFor({ 'not-found': OLD_SERVER }),
  });
}

function metricsQuery({ request, options }: ApiPull<LangfuseOptions>, { startMs, endMs }: Period) {
  const used = new Set(
    request.usage.flatMap((one) => [...Object.keys(one.match), ...attributionLabels(one)]),
  );
  const fields = LANGFUSE_DIMENSIONS.filter(
    (name) => used.has(name) || name === 'providedModelName',
  );
  return {
    view: 'observations',
    dimensions: [...fields, 'level'].map((field) => ({ field })),
    metrics: [
      { measure: 'inputTokens', aggregation: 'sum' },
      { measure: 'outputTokens', aggregation: 'sum' },
      { measure: 'count', aggregation: 'count' },
    ],
    // Spans around a call repeat its tokens.
    filters: [
      {
        column: 'type',
        operator: 'any of',
        value: ['GENERATION', 'EMBEDDING'],
        type: 'stringOptions',
      },
    ],
    timeDimension: { granularity: options.granularity },
    fromTimestamp: instantText(startMs),
    toTimestamp: instantText(endMs),
    config: { row_limit: ROW_LIMIT },
  };
}

/** A list that is as long as the row limit may be cut off, so it is requested again in halves. */
function readMetrics(
  { where, window, ...list }: Answered,
  pull: ApiPull<LangfuseOptions>,
  lastSeen: { lastMs: number },
): AnswerFacts {
  if (list.count >= ROW_LIMIT) {
    const message = `${where} returned ${ROW_LIMIT} rows, its maximum, and may have more`;
    throw new Failure('too-large', message, { where, hint: MORE_MODELS });
  }
  const { facts, rejects, warnings } = readRecords(list.items(), metricsRow, (row) => row);
  requireSomeRead(facts.length, rejects.length, where);
  const reading = new MetricsReading(pull, { window, where });
  let isComplete = rejects.length === 0;
  for (const { position, fact } of facts) {
    const { time_dimension: atMs } = fact;
    if (atMs >= window.startMs && atMs < window.endMs) reading.take(fact, position);
    else {
      rejects.push(toReject(position, fact, 'outside the requested period'));
      isComplete = false;
    }
  }
  // An unreadable row belongs to an unknown hour and deployment, so no row of the answer can be
  // used.
  if (!isComplete) return { rejects, warnings: [...warnings, UNREAD] };
  return { ...reading.end(lastSeen), rejects, warnings: [...warnings, ...reading.notes()] };
}

const UNREAD = { code: 'response-not-used', unreadable: 'rows' } as const;

interface ReadContext {
  readonly window: Period;
  readonly where: string;
}

class MetricsReading {
  readonly #pull: ApiPull<LangfuseOptions>;
  readonly #context: ReadContext;
  readonly #tally = new GatewayTally();
  readonly #seen = new Set<string>();
  readonly #unmatched = new Map<string, number>();
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(pull: ApiPull<LangfuseOptions>, context: ReadContext) {
    this.#pull = pull;
    this.#context = context;
  }

  /** @throws {Failure} `malformed` if tokens are missing or a row is repeated. */
  take(row: MetricsRow, position: number): void {
    const { where } = this.#context;
    const { time_dimension: atMs, count_count: calls, providedModelName: model, level } = row;
    const names = Object.fromEntries(
      LANGFUSE_DIMENSIONS.map((name) => [name, row[name] ?? undefined]),
    );
    const key = JSON.stringify([atMs, level, names]);
    if (this.#seen.has(key)) throw malformed(where, 'duplicate row');
    this.#seen.add(key);
    // Buckets without a call are listed too, as rows without a model.
    if (calls === 0) return;
    this.#firstMs = Math.min(this.#firstMs, atMs);
    this.#lastMs = Math.max(this.#lastMs, atMs);
    const target = findTarget({ model: names['providedModelName'], ...names }, this.#targets);
    if (target === undefined) {
      const name = model ?? 'a model without a name';
      this.#unmatched.set(name, (this.#unmatched.get(name) ?? 0) + calls);
      return;
    }
    const isFailed = level === 'ERROR';
    const { sum_inputTokens: prompt, sum_outputTokens: output } = row;
    const isUncounted = typeof prompt !== 'number' || typeof output !== 'number';
    if (isUncounted && !isFailed) throw malformed(where, 'calls without token counts');
    const part = encodePart(
      Object.fromEntries(LANGFUSE_DIMENSIONS.map((name) => [name, row[name] ?? ''])),
      target,
    );
    this.#tally.add(atMs, {
      position,
      deployment: target.deployment,
      ...(part === undefined ? {} : { part }),
      prompt: prompt ?? 0,
      output: output ?? 0,
      answered: isFailed ? 0 : calls,
      failed: isFailed ? calls : 0,
    });
  }

  end(lastSeen: { lastMs: number }): AnswerFacts {
    const { id: sourceId, options, nowMs } = this.#pull;
    const lengthMs = BUCKET_MS[options.granularity];
    if (this.#firstMs <= this.#lastMs) {
      // A bucket between two traced calls had no calls. Before the first call, nothing is known.
      const from = Number.isNaN(lastSeen.lastMs) ? this.#firstMs : this.#context.window.startMs;
      const between = bucketsBetween({ firstMs: from, lastMs: this.#lastMs }, lengthMs);
      this.#tally.fill(
        this.#targets.map(({ deployment }) => deployment),
        between,
      );
      lastSeen.lastMs = this.#lastMs;
    }
    return this.#tally.facts({ sourceId, lengthMs, nowMs });
  }

  notes(): PullWarning[] {
    return unmatchedNote(this.#unmatched);
  }

  get #targets() {
    return this.#pull.request.usage;
  }
}

function malformed(where: string, what: string): Failure {
  const expected = 'calls and tokens of each model once per bucket';
  return new Failure('malformed', `${where} returned ${what}`, { where, expected });
}

const MORE_MODELS = 'match by fewer dimensions, or set granularity: day';

const OLD_SERVER = 'check baseUrl; a self-hosted Langfuse has this API from version 4 on';

/** 64-bit sums come as text, others as numbers. Null means that nothing was summed. */
const sum = wholeCount;
const name = z.string().nullish();

const dimensions = z.object({
  providedModelName: name,
  environment: name,
  name,
  traceName: name,
  release: name,
  version: name,
});

/** One bucket of time, model and level. */
export const metricsRow = dimensions.extend({
  time_dimension: instantMsSchema,
  level: name,
  sum_inputTokens: sum.nullish(),
  sum_outputTokens: sum.nullish(),
  count_count: sum,
});

export type MetricsRow = z.output<typeof metricsRow>;

export const metricsAnswer = z.object({ data: recordList(metricsRow) });
