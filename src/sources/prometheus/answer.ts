/** Knows the envelope of every Prometheus answer: data with warnings, or an error told in words. */

import { z } from 'zod';
import { Failure, type FailureCode } from '../../domain/failure.ts';
import { parsePlain, shortText } from '../../platform/json.ts';
import { readWire } from '../../platform/wire.ts';

/** Only what is used; servers add `infos`, `stats` and more of their own. */
const envelope = z.object({
  status: z.string(),
  errorType: z.string().nullish(),
  error: z.string().nullish(),
  warnings: z.array(z.string()).nullish(),
  isPartial: z.boolean().nullish(),
  data: z.unknown().optional(),
});

export interface Opened {
  readonly data: unknown;
  readonly warnings: readonly string[];
}

/**
 * Opens an answer.
 * @throws {Failure} what the server's error says (even with HTTP 200); `unavailable` for an answer
 *   that the server itself calls partial; `malformed` for anything else than the API documents.
 */
export function openAnswer(body: Uint8Array, where: string): Opened {
  const answer = readWire(envelope, parsePlain(body, where), where);
  if (answer.status !== 'success') throw toldError(answer, where);
  if (answer.isPartial === true) {
    throw new Failure('unavailable', `${where} answered only in part (isPartial)`, {
      where,
      hint: 'wait until all storage nodes of the server are back, then pull again',
    });
  }
  const warnings = (answer.warnings ?? []).map((text) => shortText(text, 200));
  return { data: answer.data, warnings };
}

const CODES: ReadonlyMap<string, FailureCode> = new Map([
  ['timeout', 'timeout'],
  ['canceled', 'timeout'],
  ['unavailable', 'unavailable'],
  ['internal', 'unavailable'],
  ['not_found', 'not-found'],
]);

function toldError(answer: z.output<typeof envelope>, where: string): Failure {
  const type = shortText(answer.errorType ?? 'error', 40);
  const said = shortText(answer.error ?? `status ${JSON.stringify(answer.status)}`, 300);
  return new Failure(CODES.get(type) ?? 'refused', `${where} refused: ${type}: ${said}`, { where });
}

const SIZE_WORDS =
  /exceed|too (?:many|large|long)|(?:more|larger|longer) than|limit|time(?:d )?out|deadline/i;
const SIZE_STATUSES: ReadonlySet<number> = new Set([200, 400, 413, 422, 500, 503, 504]);

/**
 * Did the server refuse because too much was asked for at once? Then less may be granted.
 * `said` are the server's own words, without our query in them.
 */
export function refusedForSize(
  failure: Failure,
  status: number | undefined,
  said: string,
): boolean {
  if (failure.code === 'too-large' || failure.code === 'timeout' || status === 413) return true;
  return status !== undefined && SIZE_STATUSES.has(status) && SIZE_WORDS.test(said);
}
