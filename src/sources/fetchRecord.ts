/** How an HTTP result, good or bad, becomes a fetch that the ledger can keep. */

import { Failure } from '../domain/failure.ts';
import type { Period } from '../domain/period.ts';
import type { Body, Fetch, Fetched } from '../domain/provenance.ts';
import type { HttpAnswer, HttpResult } from '../platform/http.ts';
import type { Fields } from '../platform/jsonSieve.ts';
import { keptBody } from '../platform/readFields.ts';
import { errorInside, problemBody } from './errorInside.ts';

/** What was asked of whom. */
export interface Asked {
  readonly sourceId: string;
  /** E.g. `runpod.billing.pods`. */
  readonly kind: string;
  readonly window?: Period;
}

/** How an answer is read: by the fields of its schema, and by a key that no error has. */
export interface Reading<T extends { readonly frame: unknown }> {
  readonly fields: Fields;
  readonly key: string;
  /** Opens what is kept of the body. */
  readonly open: (kept: Body, where: string) => T;
}

/**
 * The fetch of an answer with status 200 and what it says, or why it says nothing. Only what the
 * fields name is kept and read, so that the same facts can be read from what is kept.
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

/** The fetch of a question without a usable answer; of its body the error's own words are kept. */
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

/** The fetch of an answer outside 2xx by which the API says that there is nothing. */
export function emptyFetch(asked: Asked, result: HttpResult & { ok: false }): Fetched {
  const { failure: _, ...fetch } = failedFetch(asked, result).fetch;
  return { fetch };
}

/** The fetch of a 2xx answer that is not what the API documents. */
export function unreadableFetch(fetch: Fetch, failure: Failure): Fetched {
  return { fetch: { ...fetch, failure: storedFailure(failure) } };
}

/** The fetch of a question that was never sent, for want of a key or of an address. */
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

/** Runs `read`; a {@link Failure} of it is handed back, anything else is a bug and goes on. */
export function orFailure<T>(read: () => T): T | Failure {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** A failure as a fetch keeps it: what is wrong, and what to do. */
export function storedFailure(failure: Failure): { code: Failure['code']; message: string } {
  return { code: failure.code, message: `${failure.message}; ${failure.hint}` };
}
