/** Converts an HTTP result, successful or failed, to a fetch for the ledger. */

import { Failure } from '../domain/failure.ts';
import type { Period } from '../domain/period.ts';
import type { FetchBody, Fetch, Fetched } from '../domain/provenance.ts';
import type { HttpResponse, HttpResult } from '../platform/http.ts';
import type { JsonFields } from '../platform/jsonSieve.ts';
import { toStoredBody } from '../platform/readFields.ts';
import { findErrorInBody, errorBody } from './errorInside.ts';

/** Which source asked for what. */
export interface FetchRequest {
  readonly sourceId: string;
  /** For example `runpod.billing.pods`. */
  readonly kind: string;
  readonly window?: Period;
}

/** How an answer is read: the fields of its schema, and a key that no error body has. */
export interface AnswerFormat<T extends { readonly frame: unknown }> {
  readonly fields: JsonFields;
  readonly key: string;
  /** Parses the stored part of the body. */
  readonly open: (kept: FetchBody, where: string) => T;
}

/**
 * The fetch of an answer with status 200, with the parsed answer or the failure to read it. Only
 * the named fields are stored and read, so the same facts can be read again from the stored body.
 */
export function openedFetch<T extends { readonly frame: unknown }>(
  asked: FetchRequest,
  answer: HttpResponse,
  { fields, key, open }: AnswerFormat<T>,
): { readonly fetch: Fetch } & ({ readonly opened: T } | { readonly failure: Failure }) {
  const { url, startedAtMs, endedAtMs, status, digest } = answer;
  const fetch = { ...asked, url, startedAtMs, endedAtMs, status, digest };
  const result = catchFailure(() => {
    const body = toStoredBody(answer.body, fields, url);
    return { body, opened: open(body, url) };
  });
  if (result instanceof Failure) return { fetch, failure: result };
  const { body, opened } = result;
  if (isObject(opened.frame) && !Object.hasOwn(opened.frame, key)) {
    const failure = findErrorInBody(answer.body, url);
    const problem = errorBody(answer.body, url);
    if (failure !== undefined && problem !== undefined) {
      return { fetch: { ...fetch, body: problem }, failure };
    }
  }
  return { fetch: { ...fetch, body }, opened };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The fetch of a question without a usable answer. The stored body is the error message. */
export function failedFetch(asked: FetchRequest, result: HttpResult & { ok: false }): Fetched {
  const { url, startedAtMs, endedAtMs, status, digest, failure } = result;
  const body = result.body === undefined ? undefined : errorBody(result.body, url);
  return {
    fetch: {
      ...asked,
      url,
      startedAtMs,
      endedAtMs,
      ...(status === undefined ? {} : { status }),
      ...(digest === undefined ? {} : { digest }),
      ...(body === undefined ? {} : { body }),
      failure: storedFailure(failure),
    },
  };
}

/** The fetch of an answer outside 2xx that means an empty result. */
export function emptyFetch(asked: FetchRequest, result: HttpResult & { ok: false }): Fetched {
  const { failure: _, ...fetch } = failedFetch(asked, result).fetch;
  return { fetch };
}

/** The fetch of a 2xx answer that does not match the documented format. */
export function unreadableFetch(fetch: Fetch, failure: Failure): Fetched {
  return { fetch: { ...fetch, failure: storedFailure(failure) } };
}

/** The fetch of a question that was not sent because its key or address is missing. */
export function unsentFetch(
  asked: FetchRequest,
  unsent: { readonly url: string; readonly nowMs: number },
  failure: Failure,
): Fetched {
  const { url, nowMs } = unsent;
  return {
    fetch: { ...asked, url, startedAtMs: nowMs, endedAtMs: nowMs, failure: storedFailure(failure) },
  };
}

/**
 * Runs `read` and returns the {@link Failure} that it throws. Any other error is a bug and is
 * thrown.
 */
export function catchFailure<T>(read: () => T): T | Failure {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** The failure as a fetch stores it: the message and the hint. */
export function storedFailure(failure: Failure): { code: Failure['code']; message: string } {
  return { code: failure.code, message: `${failure.message}; ${failure.hint}` };
}
