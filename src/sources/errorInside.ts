/** What an error says of itself in JSON, be it dressed as success. */

import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import type { Body } from '../domain/provenance.ts';
import { plainBytes } from '../platform/body.ts';
import { codeOfStatus, problemOf } from '../platform/httpFailure.ts';
import { JsonNumber, parseLossless, parsePlain, shortText } from '../platform/json.ts';
import { fieldsOf, keptBody } from '../platform/readFields.ts';

const said = z.string();
const problem = {
  title: said,
  detail: said,
  message: said,
  msg: said,
  errorType: said,
  status: z.union([said, z.number()]),
  code: z.union([said, z.number()]),
  errors: z.array(said),
};

/** The words of an error: `{title, status, detail}`, `{error: {code, message}}` and their kin. */
const PROBLEM_FIELDS = fieldsOf(
  z.object({ ...problem, error: z.union([said, z.object({ ...problem, error: said })]) }),
);

/** What is kept of an answer that is an error: its own words, and nothing where it is no JSON. */
export function problemBody(body: Body, where: string): Body | undefined {
  try {
    const kept = keptBody(body, PROBLEM_FIELDS, where);
    parsePlain(plainBytes(kept), where);
    return kept;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/**
 * What a body with status 200 says that speaks of an error; `undefined` where it speaks of none.
 * The failure has the code of the status inside, `refused` where that names none.
 */
export function errorInside(body: Body, where: string): Failure | undefined {
  const kept = problemBody(body, where);
  return kept === undefined ? undefined : toldIn(parseLossless(plainBytes(kept), where), where);
}

function toldIn(value: unknown, where: string): Failure | undefined {
  const words = problemOf(value);
  if (typeof value !== 'object' || value === null || words === undefined) return undefined;
  const message = `${where} returned 200 with an error inside: ${shortText(words, 200)}`;
  return new Failure(codeOfStatus(statusInside(value)), message, { where });
}

function statusInside(value: object): number {
  const body = value as { status?: unknown; code?: unknown; error?: unknown };
  const inner = typeof body.error === 'object' && body.error !== null ? body.error : body;
  const { status, code } = inner as { status?: unknown; code?: unknown };
  const told = [status, code].find((one) => one instanceof JsonNumber);
  const number = told instanceof JsonNumber ? Number(told.text) : Number.NaN;
  return number >= 400 && number < 600 ? number : 400;
}
