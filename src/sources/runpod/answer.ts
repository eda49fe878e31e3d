/** What every billing answer must hold: its window, its count and its total. */

import { Failure } from '../../domain/failure.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import type { BillMetadata } from './wire.ts';

export function malformed(where: string, fault: string): Failure {
  return new Failure('malformed', `${where} returned an unexpected response: ${fault}`, { where });
}

/**
 * The window that an answer is for, and what of it was asked about: the same one where nothing lies
 * beyond.
 * @throws {Failure} `malformed` where none of it was.
 */
export function windowsIn(
  { query }: BillMetadata,
  asked: Period,
  where: string,
): { readonly answered: Period; readonly window: Period } {
  const answered = resolvedWindow(query, where);
  return { answered, window: withinAsked(answered, asked, where) };
}

function resolvedWindow(query: { startTime: number; endTime: number }, where: string): Period {
  const window = { startMs: query.startTime, endMs: query.endTime };
  if (window.startMs < window.endMs) return window;
  throw malformed(where, 'its period ends before it starts');
}

function withinAsked(answered: Period, asked: Period, where: string): Period {
  const startMs = Math.max(answered.startMs, asked.startMs);
  const endMs = Math.min(answered.endMs, asked.endMs);
  if (startMs === answered.startMs && endMs === answered.endMs) return answered;
  if (startMs < endMs) return { startMs, endMs };
  throw malformed(where, `it is for ${spanText(answered)}, expected ${spanText(asked)}`);
}

/** Doubles are added on their side: a millionth of a dollar is rounding. */
const ROUNDING_NANO = 1000n;

/** The same amount, but for so many roundings to a nano-dollar and the adding of doubles. */
export function isNear(a: bigint, b: bigint, roundings: number): boolean {
  const gap = a > b ? a - b : b - a;
  return gap <= BigInt(roundings) + ROUNDING_NANO;
}

/**
 * Records that are fewer than their count are missing where the total does not show them to be all:
 * RunPod documents the count as buckets times resources, which may be more than the records.
 */
export function refuseOtherCount(
  { recordCount }: BillMetadata,
  { count }: ListBody,
  where: string,
): void {
  if (recordCount === count) return;
  const counts = `it states ${recordCount} records but has ${count}`;
  throw malformed(where, `${counts}, and no total shows that they are complete`);
}

export function spanText(span: Period): string {
  return `${instantText(span.startMs)} to ${instantText(span.endMs)}`;
}
