/** Knows an error that comes dressed as success: status 200 around a body that says it failed. */

import { Failure } from '../domain/failure.ts';
import { codeOfStatus, problemOf } from '../platform/httpFailure.ts';
import { JsonNumber, shortText } from '../platform/json.ts';

/**
 * Throws where a parsed 2xx body lacks `expectedKey` and speaks of an error instead, as
 * `{title, status, detail}` or `{error: {code, message}}`.
 * @throws {Failure} with the code of the status inside, `refused` where it names none.
 */
export function refuseErrorInside(value: unknown, expectedKey: string, where: string): void {
  if (typeof value !== 'object' || value === null || Object.hasOwn(value, expectedKey)) return;
  const words = problemOf(value);
  if (words === undefined) return;
  const message = `${where} answered 200 with an error inside: ${shortText(words, 200)}`;
  throw new Failure(codeOfStatus(statusInside(value)), message, { where });
}

function statusInside(value: object): number {
  const body = value as { status?: unknown; code?: unknown; error?: unknown };
  const inner = typeof body.error === 'object' && body.error !== null ? body.error : body;
  const { status, code } = inner as { status?: unknown; code?: unknown };
  const told = [status, code].find((one) => one instanceof JsonNumber);
  const number = told instanceof JsonNumber ? Number(told.text) : Number.NaN;
  return number >= 400 && number < 600 ? number : 400;
}
