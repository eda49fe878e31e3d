/** Sends one query to the server and converts the result to a fetch with its answer or failure. */

import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { FetchBody, Fetch, Fetched } from '../../domain/provenance.ts';
import { bodyHead } from '../../platform/body.ts';
import type { Query } from '../../platform/baseUrl.ts';
import type { HttpResult } from '../../platform/http.ts';
import { providerText } from '../../platform/httpFailure.ts';
import type { JsonFields } from '../../platform/jsonFilter.ts';
import { toStoredBody } from '../../platform/schemaFields.ts';
import { errorBody, storedFailure } from '../fetchRecord.ts';
import type { SourceTools } from '../source.ts';
import { type RefusalReason, classifyRefusal } from './answer.ts';
import type { PrometheusOptions } from './options.ts';
import { toBaseUrl, createRequest } from './requests.ts';

/** One configured server. */
export interface PrometheusServer {
  readonly id: string;
  readonly options: PrometheusOptions;
  readonly tools: SourceTools;
}

export interface PrometheusQuery {
  /** The kind of the fetch, such as `prometheus.usage`. */
  readonly kind: string;
  /** The deployment that a failure is about. */
  readonly about: string;
  readonly window: Period;
  readonly segments: readonly string[];
  readonly query: Query;
}

export type QueryReply<T> =
  | {
      readonly ok: true;
      readonly fetch: Fetch;
      readonly value: T;
      readonly warnings: readonly string[];
    }
  | {
      readonly ok: false;
      readonly fetch: Fetch;
      readonly failure: Failure;
      /** `too-much` if the server would answer a query for a shorter period. */
      readonly refusal: RefusalReason;
    };

/** The content of an answer's body, read to its end. */
export interface ReadAnswer<T> {
  readonly value: T;
  readonly warnings: readonly string[];
}

/** The fields of an answer that are read and stored, and how they are read. */
export interface AnswerReader<T> {
  readonly fields: JsonFields;
  readonly read: (kept: FetchBody, where: string) => ReadAnswer<T>;
}

/** Sends a query, opens the answer and reads its data. Failures are returned; only bugs throw. */
export async function sendQuery<T>(
  server: PrometheusServer,
  question: PrometheusQuery,
  reading: AnswerReader<T>,
): Promise<QueryReply<T>> {
  const where = toBaseUrl(server.options);
  try {
    const { segments, query } = question;
    const nowMs = server.tools.clock.nowMs();
    const request = await createRequest(server.options, { segments, query, nowMs });
    const result = await server.tools.http.get(request);
    if (!result.ok) return toFailedReply(server, question, result);
    const { answer } = result;
    const fetch = { ...fetchOf(server, question, answer), status: answer.status };
    const received = { ...fetch, digest: answer.digest };
    return readReply({ received, body: answer.body, question }, reading, where);
  } catch (error) {
    return failedReply(unsentFetch(server, question), { question, failure: asFailure(error) });
  }
}

interface Received {
  readonly received: Fetch;
  readonly body: FetchBody;
  readonly question: PrometheusQuery;
}

function readReply<T>(
  answer: Received,
  { fields, read }: AnswerReader<T>,
  where: string,
): QueryReply<T> {
  const { received, body, question } = answer;
  let fetch: Fetch = received;
  try {
    const kept = toStoredBody(body, fields, where);
    fetch = { ...received, body: kept };
    return { ok: true, fetch, ...read(kept, where) };
  } catch (error) {
    return failedReply(fetch, { question, failure: asFailure(error), message: messageIn(body) });
  }
}

const SAID_BYTES = 65_536;

function messageIn(body: FetchBody): string | undefined {
  return providerText(bodyHead(body, SAID_BYTES));
}

function toFailedReply(
  server: PrometheusServer,
  question: PrometheusQuery,
  result: HttpResult & { ok: false },
): QueryReply<never> {
  const { status, digest, body, failure } = result;
  const kept = body === undefined ? undefined : errorBody(body, result.url);
  const fetch: Fetch = {
    ...fetchOf(server, question, result),
    ...(status === undefined ? {} : { status }),
    ...(digest === undefined ? {} : { digest }),
    ...(kept === undefined ? {} : { body: kept }),
  };
  const message = body === undefined ? undefined : messageIn(body);
  const shortened = withShortUrl(failure, result.url, toBaseUrl(server.options));
  return failedReply(fetch, { question, failure: shortened, message });
}

/**
 * Replaces the URL by its base. Queries make URLs of a thousand characters, which messages do not
 * need.
 */
function withShortUrl(failure: Failure, url: string, base: string): Failure {
  const { code, hint, expected, retryAfterMs, cause } = failure;
  return new Failure(code, failure.message.replace(url, base), {
    where: base,
    hint,
    cause,
    ...(expected === undefined ? {} : { expected }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The fetch of a query that was not sent, to carry a failure. */
function unsentFetch(
  server: PrometheusServer,
  { kind, window }: Pick<PrometheusQuery, 'kind' | 'window'>,
): Fetch {
  const nowMs = server.tools.clock.nowMs();
  const url = toBaseUrl(server.options);
  return { sourceId: server.id, kind, url, window, startedAtMs: nowMs, endedAtMs: nowMs };
}

function fetchOf(
  server: PrometheusServer,
  { kind, window }: PrometheusQuery,
  times: { readonly url: string; readonly startedAtMs: number; readonly endedAtMs: number },
): Fetch {
  const { url, startedAtMs, endedAtMs } = times;
  return { sourceId: server.id, kind, url, window, startedAtMs, endedAtMs };
}

interface FailureContext {
  readonly question: PrometheusQuery;
  readonly failure: Failure;
  /** The server's own message. */
  readonly message?: string | undefined;
}

function failedReply(
  fetch: Fetch,
  { question, failure, message = '' }: FailureContext,
): QueryReply<never> {
  const refusal = classifyRefusal(failure, fetch.status, message);
  const classified = refusal === 'timeout' ? asTimeout(failure) : failure;
  return {
    ok: false,
    fetch: withFailure(fetch, classified, question.about),
    failure: classified,
    refusal,
  };
}

/**
 * Marks a failure as a timeout. Some servers call it an execution error; it is retried like a
 * timeout.
 */
function asTimeout(failure: Failure): Failure {
  const { code, message, where, cause, retryAfterMs } = failure;
  if (code === 'timeout') return failure;
  return new Failure('timeout', message, {
    cause,
    ...(where === undefined ? {} : { where }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** Adds the failure to a fetch, with the deployment, the message and the hint. */
export function withFailure(fetch: Fetch, failure: Failure, about: string): Fetch {
  const { code, message } = storedFailure(failure);
  return { ...fetch, failure: { code, message: `${about}: ${message}` } };
}

/** The fetch of a query that could not be sent, as a pull yields it. */
export function toUnsentFetch(
  server: PrometheusServer,
  question: Pick<PrometheusQuery, 'kind' | 'window' | 'about'>,
  failure: Failure,
): Fetched {
  return { fetch: withFailure(unsentFetch(server, question), failure, question.about) };
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}
