/** How one question to the server becomes a fetch with its answer, or a fetch that failed. */

import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { Body, Fetch, Fetched } from '../../domain/provenance.ts';
import { headOf } from '../../platform/body.ts';
import type { Query } from '../../platform/baseUrl.ts';
import type { HttpResult } from '../../platform/http.ts';
import { providerText } from '../../platform/httpFailure.ts';
import type { Fields } from '../../platform/jsonSieve.ts';
import { keptBody } from '../../platform/readFields.ts';
import { problemBody } from '../errorInside.ts';
import { storedFailure } from '../fetchRecord.ts';
import type { SourceTools } from '../source.ts';
import { type Refusal, refusalOf } from './answer.ts';
import type { PrometheusOptions } from './options.ts';
import { baseOf, questionOf } from './questions.ts';

/** One configured server. */
export interface Server {
  readonly id: string;
  readonly options: PrometheusOptions;
  readonly tools: SourceTools;
}

export interface Question {
  /** As in `Fetch`: `prometheus.usage`. */
  readonly kind: string;
  /** Whom a failure concerns: the deployment. */
  readonly about: string;
  readonly window: Period;
  readonly segments: readonly string[];
  readonly query: Query;
}

export type Reply<T> =
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
      /** `too-much`: the server would answer a question about less time. */
      readonly refusal: Refusal;
    };

/** What an answer's body tells, read to its end. */
export interface Read<T> {
  readonly value: T;
  readonly warnings: readonly string[];
}

/** What of an answer is read, and kept, and how. */
export interface Reading<T> {
  readonly fields: Fields;
  readonly read: (kept: Body, where: string) => Read<T>;
}

/** Asks, opens the answer and reads its data. Failures are values; only bugs throw. */
export async function ask<T>(
  server: Server,
  question: Question,
  reading: Reading<T>,
): Promise<Reply<T>> {
  const where = baseOf(server.options);
  try {
    const { segments, query } = question;
    const nowMs = server.tools.clock.nowMs();
    const request = await questionOf(server.options, { segments, query, nowMs });
    const result = await server.tools.http.get(request);
    if (!result.ok) return unanswered(server, question, result);
    const { answer } = result;
    const fetch = { ...fetchOf(server, question, answer), status: answer.status };
    const received = { ...fetch, digest: answer.digest };
    return readReply({ received, body: answer.body, question }, reading, where);
  } catch (error) {
    return failed(unasked(server, question), { question, failure: asFailure(error) });
  }
}

interface Came {
  readonly received: Fetch;
  readonly body: Body;
  readonly question: Question;
}

function readReply<T>(came: Came, { fields, read }: Reading<T>, where: string): Reply<T> {
  const { received, body, question } = came;
  let fetch: Fetch = received;
  try {
    const kept = keptBody(body, fields, where);
    fetch = { ...received, body: kept };
    return { ok: true, fetch, ...read(kept, where) };
  } catch (error) {
    return failed(fetch, { question, failure: asFailure(error), said: saidIn(body) });
  }
}

const SAID_BYTES = 65_536;

function saidIn(body: Body): string | undefined {
  return providerText(headOf(body, SAID_BYTES));
}

function unanswered(
  server: Server,
  question: Question,
  result: HttpResult & { ok: false },
): Reply<never> {
  const { status, digest, body, failure } = result;
  const kept = body === undefined ? undefined : problemBody(body, result.url);
  const fetch: Fetch = {
    ...fetchOf(server, question, result),
    ...(status === undefined ? {} : { status }),
    ...(digest === undefined ? {} : { digest }),
    ...(kept === undefined ? {} : { body: kept }),
  };
  const said = body === undefined ? undefined : saidIn(body);
  const short = withShortUrl(failure, result.url, baseOf(server.options));
  return failed(fetch, { question, failure: short, said });
}

/** Our queries make addresses of a thousand letters, which no message needs. */
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

/** A fetch that never was, to carry a failure of ours. */
function unasked(server: Server, { kind, window }: Pick<Question, 'kind' | 'window'>): Fetch {
  const nowMs = server.tools.clock.nowMs();
  const url = baseOf(server.options);
  return { sourceId: server.id, kind, url, window, startedAtMs: nowMs, endedAtMs: nowMs };
}

function fetchOf(
  server: Server,
  { kind, window }: Question,
  times: { readonly url: string; readonly startedAtMs: number; readonly endedAtMs: number },
): Fetch {
  const { url, startedAtMs, endedAtMs } = times;
  return { sourceId: server.id, kind, url, window, startedAtMs, endedAtMs };
}

interface Why {
  readonly question: Question;
  readonly failure: Failure;
  /** The server's own words. */
  readonly said?: string | undefined;
}

function failed(fetch: Fetch, { question, failure, said = '' }: Why): Reply<never> {
  const refusal = refusalOf(failure, fetch.status, said);
  const named = refusal === 'timeout' ? timedOut(failure) : failure;
  return { ok: false, fetch: withFailure(fetch, named, question.about), failure: named, refusal };
}

/** Some servers call it an execution error: it is tried again like any other timeout. */
function timedOut(failure: Failure): Failure {
  const { code, message, where, cause, retryAfterMs } = failure;
  if (code === 'timeout') return failure;
  return new Failure('timeout', message, {
    cause,
    ...(where === undefined ? {} : { where }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The fetch with its failure: whom it concerns, what is wrong, what to do. */
export function withFailure(fetch: Fetch, failure: Failure, about: string): Fetch {
  const { code, message } = storedFailure(failure);
  return { ...fetch, failure: { code, message: `${about}: ${message}` } };
}

/** A question that could not even be asked, as a pull hands it on. */
export function refusal(
  server: Server,
  question: Pick<Question, 'kind' | 'window' | 'about'>,
  failure: Failure,
): Fetched {
  return { fetch: withFailure(unasked(server, question), failure, question.about) };
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}
