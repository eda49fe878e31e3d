/** What a Langfuse project is asked: tokens and calls by model and hour, or day. */

import { Failure, withHint } from '../../domain/failure.ts';
import { DAY_MS, HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import { readWire } from '../../platform/wire.ts';
import {
  type Answered,
  type Api,
  type Pull,
  type Question,
  type Read,
  type Unaskable,
  windowsOf,
} from '../api.ts';
import { pullerOf } from '../driver.ts';
import { orFailure } from '../fetchRecord.ts';
import { attributionLabels, partOf } from '../engines/attribution.ts';
import { requireMatch, targetOf, unmatchedNote } from '../gatewayMatch.ts';
import { bucketsBetween, GatewayTally } from '../gatewayTally.ts';
import { readRecords, refuseOther, rejectOf } from '../records.ts';
import { wants } from '../source.ts';
import { DIMENSIONS, type LangfuseOptions, READABLE } from './options.ts';
import { METRICS_FIELDS, metricsAnswer, type MetricsRow, metricsRow } from './wire.ts';

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

export const pull = pullerOf(api);

const BUCKET_MS = { hour: HOUR_MS, day: DAY_MS } as const;
/** The most rows of one answer: a week of hours holds five models, and is halved beyond. */
const ROW_LIMIT = 1_000;
const LONGEST_MS = { hour: 7 * DAY_MS, day: 31 * DAY_MS } as const;

function* questions(pull: Pull<LangfuseOptions>): Generator<Question | Unaskable> {
  const { request, options, nowMs } = pull;
  if (!wants(request, 'usage') || request.usage.length === 0) return;
  const fault = orFailure(() => requireMatch(request.usage, READABLE));
  if (fault instanceof Failure) {
    yield { kind: 'langfuse.metrics', failure: fault };
    return;
  }
  const bucketMs = BUCKET_MS[options.granularity];
  const longestMs = LONGEST_MS[options.granularity];
  const told = { lastMs: Number.NaN };
  for (const window of windowsOf(request.window, { bucketMs, longestMs })) {
    if (window.startMs > nowMs) return;
    yield questionOf(pull, window, told);
  }
}

/** `told.lastMs` is when the last call before this window was, of those that this pull has seen. */
function questionOf(
  pull: Pull<LangfuseOptions>,
  window: Period,
  told: { lastMs: number },
): Question {
  const { options } = pull;
  return {
    kind: 'langfuse.metrics',
    path: ['api', 'public', 'v2', 'metrics'],
    expects: 'data',
    fields: METRICS_FIELDS,
    span: {
      window,
      bucketMs: BUCKET_MS[options.granularity],
      query: (asked) => ({ query: JSON.stringify(queryOf(pull, asked)) }),
    },
    read: (list, answered) => readMetrics(list, pull, { ...answered, told }),
    explain,
  };
}

function queryOf({ request, options }: Pull<LangfuseOptions>, { startMs, endMs }: Period) {
  const used = new Set(
    request.usage.flatMap((one) => [...Object.keys(one.match), ...attributionLabels(one)]),
  );
  const fields = DIMENSIONS.filter((name) => used.has(name) || name === 'providedModelName');
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

type Asked = Answered & { readonly told: { lastMs: number } };

/** A list as long as its limit may go on: it is asked for in halves. */
function readMetrics(list: ListBody, pull: Pull<LangfuseOptions>, asked: Asked): Read {
  const { where, window = pull.request.window } = asked;
  readWire(metricsAnswer, list.frame, where);
  if (list.count >= ROW_LIMIT) {
    const message = `${where} returned ${ROW_LIMIT} rows, its maximum, and may have more`;
    throw new Failure('too-large', message, { where, hint: MORE_MODELS });
  }
  const { facts, rejects, warnings } = readRecords(list.items(), metricsRow, (row) => row);
  refuseOther(facts.length, rejects.length, where);
  const reading = new Reading(pull, { window, where });
  let isWhole = rejects.length === 0;
  for (const { position, fact } of facts) {
    const { time_dimension: atMs } = fact;
    if (atMs >= window.startMs && atMs < window.endMs) reading.take(fact, position);
    else {
      rejects.push(rejectOf(position, fact, 'outside the requested period'));
      isWhole = false;
    }
  }
  // A row that cannot be read belongs to some hour and to some deployment: neither is known.
  if (!isWhole) return { rejects, warnings: [...warnings, UNREAD] };
  return { ...reading.end(asked.told), rejects, warnings: [...warnings, ...reading.notes()] };
}

const UNREAD = 'some rows are unreadable, so nothing of their response was used';

interface Bucketing {
  readonly window: Period;
  readonly where: string;
}

class Reading {
  readonly #pull: Pull<LangfuseOptions>;
  readonly #asked: Bucketing;
  readonly #tally = new GatewayTally();
  readonly #seen = new Set<string>();
  readonly #unmatched = new Map<string, number>();
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(pull: Pull<LangfuseOptions>, asked: Bucketing) {
    this.#pull = pull;
    this.#asked = asked;
  }

  /** @throws {Failure} `malformed` where tokens are missing, or a row is told twice. */
  take(row: MetricsRow, position: number): void {
    const { where } = this.#asked;
    const { time_dimension: atMs, count_count: calls, providedModelName: model, level } = row;
    const names = Object.fromEntries(DIMENSIONS.map((name) => [name, row[name] ?? undefined]));
    const key = JSON.stringify([atMs, level, names]);
    if (this.#seen.has(key)) throw malformed(where, 'duplicate row');
    this.#seen.add(key);
    // Buckets without a call are told too, as rows without a model.
    if (calls === 0) return;
    this.#firstMs = Math.min(this.#firstMs, atMs);
    this.#lastMs = Math.max(this.#lastMs, atMs);
    const target = targetOf({ model: names['providedModelName'], ...names }, this.#targets);
    if (target === undefined) {
      const name = model ?? 'a model without a name';
      this.#unmatched.set(name, (this.#unmatched.get(name) ?? 0) + calls);
      return;
    }
    const isFailed = level === 'ERROR';
    const { sum_inputTokens: prompt, sum_outputTokens: output } = row;
    const isUntold = typeof prompt !== 'number' || typeof output !== 'number';
    if (isUntold && !isFailed) throw malformed(where, 'calls without token counts');
    const part = partOf(
      Object.fromEntries(DIMENSIONS.map((name) => [name, row[name] ?? ''])),
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

  end(told: { lastMs: number }): Read {
    const { id: sourceId, options, nowMs } = this.#pull;
    const lengthMs = BUCKET_MS[options.granularity];
    if (this.#firstMs <= this.#lastMs) {
      // Between two calls that were traced, no call is none; before the first nothing is known.
      const from = Number.isNaN(told.lastMs) ? this.#firstMs : this.#asked.window.startMs;
      const between = bucketsBetween({ firstMs: from, lastMs: this.#lastMs }, lengthMs);
      this.#tally.fill(
        this.#targets.map(({ deployment }) => deployment),
        between,
      );
      told.lastMs = this.#lastMs;
    }
    return this.#tally.facts({ sourceId, lengthMs, nowMs });
  }

  notes(): string[] {
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

/** A server that is too old has no such address. */
function explain(failure: Failure): Failure {
  if (failure.code !== 'not-found') return failure;
  return withHint(failure, 'check baseUrl; a self-hosted Langfuse has this API from version 4 on');
}
