/** Reads the envelope of a Prometheus answer: data with warnings, or an error. */

import { z } from 'zod';
import { Failure, type FailureCode } from '../../domain/failure.ts';
import type { FetchBody } from '../../domain/provenance.ts';
import { plainBytes } from '../../platform/body.ts';
import { parsePlain, shortText } from '../../platform/json.ts';
import type { JsonFields } from '../../platform/jsonFilter.ts';
import { findReadFields } from '../../platform/schemaFields.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';

/** Servers add `infos`, `stats` and other fields, which are neither read nor stored. */
const envelope = z.object({
  status: z.string(),
  errorType: z.string().nullish(),
  error: z.string().nullish(),
  warnings: z.array(z.string()).nullish(),
  isPartial: z.boolean().nullish(),
  data: z.unknown().optional(),
});

/** Reads a short answer whose data has this schema. */
export function createAnswerReader<Data, Value>(
  schema: z.ZodType<Data>,
  valueOf: (data: Data) => Value,
) {
  return {
    fields: toAnswerFields(schema),
    read(kept: FetchBody, where: string) {
      const { data, warnings } = openEnvelope(parsePlain(plainBytes(kept), where), where);
      return { value: valueOf(parseResponse(schema, data, where)), warnings };
    },
  };
}

/** The fields of an answer that are read, for data with this schema. */
export function toAnswerFields(data: z.ZodType): JsonFields {
  return findReadFields(envelope.extend({ data }));
}

export interface PrometheusAnswer {
  readonly data: unknown;
  readonly warnings: readonly string[];
}

/**
 * Reads the envelope of a parsed answer.
 * @throws {Failure} for an error that the server reports, even with HTTP 200; `unavailable` for an
 *   answer that the server calls partial; `malformed` for anything that the API does not document.
 */
export function openEnvelope(value: unknown, where: string): PrometheusAnswer {
  const answer = parseResponse(envelope, value, where);
  if (answer.status !== 'success') throw toFailure(answer, where);
  if (answer.isPartial === true) {
    throw new Failure('unavailable', `${where} returned a partial response (isPartial)`, {
      where,
      hint: 'wait until all storage nodes of the server are available, then pull again',
    });
  }
  const warnings = (answer.warnings ?? []).map((text) => shortText(text, 200));
  const partial = warnings.find((text) => PARTIAL_WORDS.test(text) && !EVALUATION.test(text));
  if (partial !== undefined) {
    throw new Failure('unavailable', `${where} returned a partial response: ${partial}`, {
      where,
      hint: 'wait until all stores behind the server are available, then pull again',
    });
  }
  return { data: answer.data, warnings };
}

/**
 * Warnings that a store did not answer. Thanos writes "receive series from Addr: …: rpc error: code
 * = Unavailable". Prometheus warns about what it reads from another server.
 */
const PARTIAL_WORDS =
  /partial|rpc error|(?:receive|fetch|select)\w* series from|remote.?(?:read|storage|server)/i;

/** Notes on the evaluation of a query begin like this, and may quote names of any kind. */
const EVALUATION = /^PromQL (?:info|warning):/;

const CODES: ReadonlyMap<string, FailureCode> = new Map([
  ['timeout', 'timeout'],
  ['canceled', 'timeout'],
  ['unavailable', 'unavailable'],
  ['internal', 'unavailable'],
  ['not_found', 'not-found'],
]);

function toFailure(answer: z.output<typeof envelope>, where: string): Failure {
  const type = shortText(answer.errorType ?? 'error', 40);
  const message = shortText(answer.error ?? `status ${JSON.stringify(answer.status)}`, 300);
  return new Failure(CODES.get(type) ?? 'refused', `${where} refused: ${type}: ${message}`, {
    where,
  });
}

/**
 * Messages of servers that ran out of time, not of space. Prometheus writes "query timed out in
 * expression evaluation", Thanos and Mimir "context deadline exceeded". VictoriaMetrics writes
 * "timeout exceeded" with the name of its flag, and status 422.
 */
const TIME_WORDS =
  /timed? ?-?out|deadline|context canceled|query was canceled|maxQueryDuration|maxQueueDuration/i;

/** Too many concurrent queries, or a query that is too long. A shorter period does not help. */
const OTHER_LIMITS =
  /concurrent|outstanding|too many requests|rate limit|maxQueryLen|too long query|query too long/i;

/** What a size limit counts, as in "exceeded maximum resolution of 11,000 points". */
const SIZE_UNITS =
  String.raw`(?:samples?|series|timeseries|chunks?|bytes?|points?|memory|resolution|size|` +
  String.raw`time range|query length|message)`;
const EXCESS =
  String.raw`(?:exceed(?:s|ed)?|too (?:many|large|long|big)|more than|larger than|not enough|` +
  String.raw`limit|maximum)`;
const SIZE_WORDS = new RegExp(
  String.raw`\b${EXCESS}\b[^;]*\b${SIZE_UNITS}\b|\b${SIZE_UNITS}\b[^;]*\b${EXCESS}\b`,
  'i',
);

/** Statuses with which servers of this API refuse a query. Some use 200 with an error inside. */
const SIZE_STATUSES: ReadonlySet<number> = new Set([200, 400, 413, 422, 500, 503]);

/**
 * What to change after a failed answer: try later, ask for less, ask for one name at a time, or
 * nothing.
 */
export type RefusalReason = 'timeout' | 'too-much' | 'exact-names' | 'other';

/**
 * Messages of Google's service, which accepts one exact name and only its own parameters: "only
 * exact matching on metric names is supported", "Unknown name "dedup": Cannot bind query
 * parameter".
 */
const NAME_WORDS = String.raw`(?:metric name|__name__)`;
const PATTERN_WORDS = String.raw`(?:\bregex|regular expression|equality)`;
const EXACT_WORDS = new RegExp(
  String.raw`exact (?:name )?match|cannot bind query parameter|` +
    String.raw`${NAME_WORDS}[^;]*${PATTERN_WORDS}|${PATTERN_WORDS}[^;]*${NAME_WORDS}`,
  'i',
);

/**
 * Why the server did not answer. `message` is the server's text without our query. A timeout never
 * counts as too much: a server that hangs would hang on each half of the period.
 */
export function classifyRefusal(
  failure: Failure,
  status: number | undefined,
  message: string,
): RefusalReason {
  if (failure.code === 'too-large' || status === 413) return 'too-much';
  if (failure.code === 'timeout' || status === 504) return 'timeout';
  if (status === undefined || !SIZE_STATUSES.has(status)) return 'other';
  if (TIME_WORDS.test(message)) return 'timeout';
  if (EXACT_WORDS.test(message)) return 'exact-names';
  return !OTHER_LIMITS.test(message) && SIZE_WORDS.test(message) ? 'too-much' : 'other';
}
