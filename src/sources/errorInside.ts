/** Finds the error message inside a JSON body, even one with status 200. */

import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import type { FetchBody } from '../domain/provenance.ts';
import { plainBytes } from '../platform/body.ts';
import { statusFailureCode, findErrorText } from '../platform/httpFailure.ts';
import { JsonNumber, parseLossless, parsePlain, shortText } from '../platform/json.ts';
import { findReadFields, toStoredBody } from '../platform/readFields.ts';

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
