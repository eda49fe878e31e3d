/** Converts an HTTP result, successful or failed, to a fetch for the ledger. */

import { Failure } from '../domain/failure.ts';
import type { Period } from '../domain/period.ts';
import type { Body, Fetch, Fetched } from '../domain/provenance.ts';
import type { HttpAnswer, HttpResult } from '../platform/http.ts';
import type { Fields } from '../platform/jsonSieve.ts';
import { keptBody } from '../platform/readFields.ts';
import { errorInside, problemBody } from './errorInside.ts';

/** Which source asked for what. */
export interface Asked {
  readonly sourceId: string;
  /** For example `runpod.billing.pods`. */
  readonly kind: string;
  readonly window?: Period;
}

/** How an answer is read: the fields of its schema, and a key that no error body has. */
export interface Reading<T extends { readonly frame: unknown }> {
  readonly fields: Fields;
  readonly key: string;
  /** Parses the stored part of the body. */
  readonly open: (kept: Body, where: string) => T;
}

/**
 * The fetch of an answer with status 200, with the parsed answer or the failure to read it. Only
 * the named fields are stored and read, so the same facts can be read again from the stored body.
 */
export function openedFetch<T extends { readonly frame: unknown }>(
  asked: Asked,
  answer: HttpAnswer,
  { fields, key, open }: Reading<T>,
): { readonly fetch: Fetch } & ({ readonly opened: T } | { readonly failure: Failure }) {
  const { url, startedAtMs, endedAtMs, status, digest } = answer;
  const fetch = { ...asked, url, startedAtMs, endedAtMs, status, digest };
  const result = orFailure(() => {
    const body = keptBody(answer.body, fields, url);
    return { body, opened: open(body, url) };
  });
  if (result instanceof Failure) return { fetch, failure: result };
  const { body, opened } = result;
  if (isObject(opened.frame) && !Object.hasOwn(opened.frame, key)) {
    const failure = errorInside(answer.body, url);
    const problem = problemBody(answer.body, url);
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
export function failedFetch(asked: Asked, result: HttpResult & { ok: false }): Fetched {
  const { url, startedAtMs, endedAtMs, status, digest, failure } = result;
  const body = result.body === undefined ? undefined : problemBody(result.body, url);
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
export function emptyFetch(asked: Asked, result: HttpResult & { ok: false }): Fetched {
  const { failure: _, ...fetch } = failedFetch(asked, result).fetch;
  return { fetch };
}

/** The fetch of a 2xx answer that does not match the documented format. */
export function unreadableFetch(fetch: Fetch, failure: Failure): Fetched {
  return { fetch: { ...fetch, failure: storedFailure(failure) } };
}

/** The fetch of a question that was not sent because its key or address is missing. */
export function unsentFetch(
  asked: Asked,
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
export function orFailure<T>(read: () => T): T | Failure {
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
