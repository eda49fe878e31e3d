/** Knows how an HTTP result, good or bad, becomes a fetch that the ledger can keep. */

import { Failure } from '../domain/failure.ts';
import type { Period } from '../domain/period.ts';
import type { Fetch, Fetched } from '../domain/provenance.ts';
import type { HttpAnswer, HttpResult } from '../platform/http.ts';

/** What was asked of whom. */
export interface Asked {
  readonly sourceId: string;
  /** E.g. `runpod.billing.pods`. */
  readonly kind: string;
  readonly window?: Period;
}

/** The fetch of an answer that could be read; `body` is what may be kept of it. */
export function fetchOf(asked: Asked, answer: HttpAnswer, body = answer.body): Fetch {
  const { url, startedAtMs, endedAtMs, status, digest } = answer;
  return { ...asked, url, startedAtMs, endedAtMs, status, digest, body };
}

/**
 * The fetch of a question without a usable answer; the body is kept only where `keepBody` says so.
 */
export function failedFetch(
  asked: Asked,
  result: HttpResult & { ok: false },
  keepBody = true,
): Fetched {
  const { url, startedAtMs, endedAtMs, status, digest, body, failure } = result;
  return {
    fetch: {
      ...asked,
      url,
      startedAtMs,
      endedAtMs,
      ...(status === undefined ? {} : { status }),
      ...(digest === undefined ? {} : { digest }),
      ...(body === undefined || !keepBody ? {} : { body }),
      failure: stored(failure),
    },
  };
}

/** The fetch of a 2xx answer that is not what the API documents. */
export function unreadableFetch(fetch: Fetch, failure: Failure): Fetched {
  return { fetch: { ...fetch, failure: stored(failure) } };
}

/** The fetch of a question that was never sent, for want of a key. */
export function unsentFetch(
  asked: Asked,
  unsent: { readonly url: string; readonly nowMs: number },
  failure: Failure,
): Fetched {
  const { url, nowMs } = unsent;
  return {
    fetch: { ...asked, url, startedAtMs: nowMs, endedAtMs: nowMs, failure: stored(failure) },
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

function stored(failure: Failure): { code: Failure['code']; message: string } {
  return { code: failure.code, message: `${failure.message}; ${failure.hint}` };
}
