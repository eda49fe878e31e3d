/** The envelope of every Prometheus answer: data with warnings, or an error told in words. */

import { z } from 'zod';
import { Failure, type FailureCode } from '../../domain/failure.ts';
import type { Body } from '../../domain/provenance.ts';
import { plainBytes } from '../../platform/body.ts';
import { parsePlain, shortText } from '../../platform/json.ts';
import type { Fields } from '../../platform/jsonSieve.ts';
import { fieldsOf } from '../../platform/readFields.ts';
import { readWire } from '../../platform/wire.ts';

/** Servers add `infos`, `stats` and more of their own, which are neither read nor kept. */
const envelope = z.object({
  status: z.string(),
  errorType: z.string().nullish(),
  error: z.string().nullish(),
  warnings: z.array(z.string()).nullish(),
  isPartial: z.boolean().nullish(),
  data: z.unknown().optional(),
});

/** What of an answer is read whose data has this schema. */
export function answerFields(data: z.ZodType): Fields {
  return fieldsOf(envelope.extend({ data }));
}

export interface Opened {
  readonly data: unknown;
  readonly warnings: readonly string[];
}

/**
 * Opens a short answer; a matrix is opened by `readMatrix`.
 * @throws {Failure} as {@link openEnvelope} does, and `malformed` for what is not JSON.
 */
export function openAnswer(body: Body, where: string): Opened {
  return openEnvelope(parsePlain(plainBytes(body), where), where);
}

/**
 * Reads the envelope of an answer that is parsed.
 * @throws {Failure} what the server's error says (even with HTTP 200); `unavailable` for an answer
 *   that the server itself calls partial; `malformed` for anything else than the API documents.
 */
export function openEnvelope(value: unknown, where: string): Opened {
  const answer = readWire(envelope, value, where);
  if (answer.status !== 'success') throw toldError(answer, where);
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
 * Warnings that say that some store did not answer: of Thanos ("receive series from Addr: …: rpc
 * error: code = Unavailable"), and of Prometheus about what it reads from another server.
 */
const PARTIAL_WORDS =
  /partial|rpc error|(?:receive|fetch|select)\w* series from|remote.?(?:read|storage|server)/i;

/** Notes on how a query was evaluated begin so, and may quote names of any kind. */
const EVALUATION = /^PromQL (?:info|warning):/;

const CODES: ReadonlyMap<string, FailureCode> = new Map([
  ['timeout', 'timeout'],
  ['canceled', 'timeout'],
  ['unavailable', 'unavailable'],
  ['internal', 'unavailable'],
  ['not_found', 'not-found'],
]);

function toldError(answer: z.output<typeof envelope>, where: string): Failure {
  const type = shortText(answer.errorType ?? 'error', 40);
  const said = shortText(answer.error ?? `status ${JSON.stringify(answer.status)}`, 300);
  return new Failure(CODES.get(type) ?? 'refused', `${where} refused: ${type}: ${said}`, { where });
}

/**
 * What servers say when they ran out of time, not of room: Prometheus' "query timed out in
 * expression evaluation", Thanos' and Mimir's "context deadline exceeded", VictoriaMetrics'
 * "timeout exceeded" with the name of its flag, which it answers with 422.
 */
const TIME_WORDS =
  /timed? ?-?out|deadline|context canceled|query was canceled|maxQueryDuration|maxQueueDuration/i;

/** Too many questions at once, or too long a question: less time in it changes nothing. */
const OTHER_LIMITS =
  /concurrent|outstanding|too many requests|rate limit|maxQueryLen|too long query|query too long/i;

/** What a limit on size counts; "exceeded maximum resolution of 11,000 points" for one. */
const ROOM =
  String.raw`(?:samples?|series|timeseries|chunks?|bytes?|points?|memory|resolution|size|` +
  String.raw`time range|query length|message)`;
const EXCESS =
  String.raw`(?:exceed(?:s|ed)?|too (?:many|large|long|big)|more than|larger than|not enough|` +
  String.raw`limit|maximum)`;
const SIZE_WORDS = new RegExp(
  String.raw`\b${EXCESS}\b[^;]*\b${ROOM}\b|\b${ROOM}\b[^;]*\b${EXCESS}\b`,
  'i',
);

/** Servers of this API refuse with these, and some with 200 and the error inside. */
const SIZE_STATUSES: ReadonlySet<number> = new Set([200, 400, 413, 422, 500, 503]);

/** What a failed answer calls for: another time, less at once, one name at once, or nothing. */
export type Refusal = 'timeout' | 'too-much' | 'exact-names' | 'other';

/**
 * How Google's service says that it takes one whole name and no parameters but its own: "only exact
 * matching on metric names is supported", "Unknown name "dedup": Cannot bind query parameter".
 */
const NAME_WORDS = String.raw`(?:metric name|__name__)`;
const PATTERN_WORDS = String.raw`(?:\bregex|regular expression|equality)`;
const EXACT_WORDS = new RegExp(
  String.raw`exact (?:name )?match|cannot bind query parameter|` +
    String.raw`${NAME_WORDS}[^;]*${PATTERN_WORDS}|${PATTERN_WORDS}[^;]*${NAME_WORDS}`,
  'i',
);

/**
 * Why did the server not answer? `said` are its own words, without our query in them. A timeout is
 * never taken for too large a question: a server that hangs would hang on each half of it.
 */
export function refusalOf(failure: Failure, status: number | undefined, said: string): Refusal {
  if (failure.code === 'too-large' || status === 413) return 'too-much';
  if (failure.code === 'timeout' || status === 504) return 'timeout';
  if (status === undefined || !SIZE_STATUSES.has(status)) return 'other';
  if (TIME_WORDS.test(said)) return 'timeout';
  if (EXACT_WORDS.test(said)) return 'exact-names';
  return !OTHER_LIMITS.test(said) && SIZE_WORDS.test(said) ? 'too-much' : 'other';
}
