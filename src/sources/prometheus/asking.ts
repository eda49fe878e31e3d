/** Knows how one question to the server becomes a fetch with its answer, or a fetch that failed. */

import { FAILURES, Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { Body, Fetch, Fetched } from '../../domain/provenance.ts';
import { headOf } from '../../platform/body.ts';
import type { HttpResult } from '../../platform/http.ts';
import { providerText } from '../../platform/httpFailure.ts';
import type { SourceTools } from '../source.ts';
import { refusalOf } from './answer.ts';
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
  readonly query: Readonly<Record<string, string>>;
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
      /** The server would answer a question about less time. */
      readonly tooBig: boolean;
    };

/** What an answer's body tells, read to its end. */
export interface Read<T> {
  readonly value: T;
  readonly warnings: readonly string[];
}

/** Asks, opens the answer and reads its data. Failures are values; only bugs throw. */
export async function ask<T>(
  server: Server,
  question: Question,
  read: (body: Body, where: string) => Read<T>,
): Promise<Reply<T>> {
  const where = baseOf(server.options);
  try {
    const request = questionOf(server.options, question.segments, question.query);
    const result = await server.tools.http.get(request);
    if (!result.ok) return unanswered(server, question, result);
    const { answer } = result;
    const fetch = { ...fetchOf(server, question, answer), status: answer.status };
    const whole = { ...fetch, digest: answer.digest, body: answer.body };
    try {
      return { ok: true, fetch: whole, ...read(answer.body, where) };
    } catch (error) {
      return failed(whole, question, asFailure(error));
    }
  } catch (error) {
    return failed(unasked(server, question), question, asFailure(error));
  }
}

function unanswered(
  server: Server,
  question: Question,
  result: HttpResult & { ok: false },
): Reply<never> {
  const { status, digest, body, failure } = result;
  const fetch: Fetch = {
    ...fetchOf(server, question, result),
    ...(status === undefined ? {} : { status }),
    ...(digest === undefined ? {} : { digest }),
    ...(body === undefined ? {} : { body }),
  };
  return failed(fetch, question, withShortUrl(failure, result.url, baseOf(server.options)));
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

function failed(fetch: Fetch, { about }: Question, failure: Failure): Reply<never> {
  const said = fetch.body === undefined ? '' : (providerText(headOf(fetch.body, SAID_BYTES)) ?? '');
  const refusal = refusalOf(failure, fetch.status, said);
  const named = refusal === 'timeout' ? timedOut(failure) : failure;
  const tooBig = refusal === 'too-much';
  return { ok: false, fetch: withFailure(fetch, named, about), failure: named, tooBig };
}

const SAID_BYTES = 65_536;

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

/**
 * The fetch with its failure, told for whom, and with what to do if that is more than its code
 * says.
 */
export function withFailure(fetch: Fetch, failure: Failure, about: string): Fetch {
  const ownHint = failure.hint !== FAILURES[failure.code].hint;
  const hint = ownHint ? ` (${failure.hint})` : '';
  const message = `${about}: ${failure.message}${hint}`;
  return { ...fetch, failure: { code: failure.code, message } };
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
