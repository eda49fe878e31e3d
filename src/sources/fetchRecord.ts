/** Converts an HTTP result, successful or failed, to a fetch for the ledger. */

import { Failure } from '../domain/failure.ts';
import type { Period } from '../domain/period.ts';
import type { Fetch, FetchBody, Fetched } from '../domain/provenance.ts';
import type { HttpResponse, HttpResult } from '../platform/http.ts';
import type { JsonFields } from '../platform/jsonFilter.ts';
import { findReadFields, toStoredBody } from '../platform/schemaFields.ts';
import { z } from 'zod';
import { plainBytes } from '../platform/body.ts';
import { findErrorText, statusFailureCode } from '../platform/httpFailure.ts';
import { JsonNumber, parseLossless, parsePlain, shortText } from '../platform/json.ts';

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

const text = z.string();
const problem = {
  title: text,
  detail: text,
  message: text,
  msg: text,
  errorType: text,
  status: z.union([text, z.number()]),
  code: z.union([text, z.number()]),
  errors: z.array(text),
};

/**
 * The fields of error messages, such as `{title, status, detail}` and `{error: {code, message}}`.
 */
const PROBLEM_FIELDS = findReadFields(
  z.object({ ...problem, error: z.union([text, z.object({ ...problem, error: text })]) }),
);

/** The part of an error body that is stored: its message fields. `undefined` if it is not JSON. */
export function errorBody(body: FetchBody, where: string): FetchBody | undefined {
  try {
    const kept = toStoredBody(body, PROBLEM_FIELDS, where);
    parsePlain(plainBytes(kept), where);
    return kept;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/**
 * The error that a body with status 200 contains; `undefined` if it contains none. The failure gets
 * the code of the status in the body, or `refused` if the body has no status.
 */
export function findErrorInBody(body: FetchBody, where: string): Failure | undefined {
  const kept = errorBody(body, where);
  return kept === undefined
    ? undefined
    : findFailure(parseLossless(plainBytes(kept), where), where);
}

function findFailure(value: unknown, where: string): Failure | undefined {
  const found = findErrorText(value);
  if (typeof value !== 'object' || value === null || found === undefined) return undefined;
  const message = `${where} returned 200 with an error inside: ${shortText(found, 200)}`;
  return new Failure(statusFailureCode(statusInside(value)), message, { where });
}

function statusInside(value: object): number {
  const body = value as { status?: unknown; code?: unknown; error?: unknown };
  const inner = typeof body.error === 'object' && body.error !== null ? body.error : body;
  const { status, code } = inner as { status?: unknown; code?: unknown };
  const numeric = [status, code].find((one) => one instanceof JsonNumber);
  const number = numeric instanceof JsonNumber ? Number(numeric.text) : Number.NaN;
  return number >= 400 && number < 600 ? number : 400;
}
