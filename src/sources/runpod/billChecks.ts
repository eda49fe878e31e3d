/** Checks the window, the record count and the total of a billing response. */

import { Failure } from '../../domain/failure.ts';
import { instantText, type Period } from '../../domain/period.ts';
import type { JsonList } from '../../platform/jsonList.ts';
import type { BillMetadata } from './wire.ts';

export function malformedResponse(where: string, fault: string): Failure {
  return new Failure('malformed', `${where} returned an unexpected response: ${fault}`, { where });
}

/**
 * The window of a response, and the part of it that was requested (the same object if all of it
 * was).
 * @throws {Failure} `malformed` if they do not overlap.
 */
export function readWindows(
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
  throw malformedResponse(where, 'its period ends before it starts');
}

function withinAsked(answered: Period, asked: Period, where: string): Period {
  const startMs = Math.max(answered.startMs, asked.startMs);
  const endMs = Math.min(answered.endMs, asked.endMs);
  if (startMs === answered.startMs && endMs === answered.endMs) return answered;
  if (startMs < endMs) return { startMs, endMs };
  throw malformedResponse(
    where,
    `it is for ${billSpanText(answered)}, expected ${billSpanText(asked)}`,
  );
}

/** RunPod sums doubles; a millionth of a dollar is rounding. */
const ROUNDING_NANO = 1000n;

/** Whether two nano-dollar amounts are equal, but for this many roundings and sums of doubles. */
export function isNearAmount(a: bigint, b: bigint, roundings: number): boolean {
  const gap = a > b ? a - b : b - a;
  return gap <= BigInt(roundings) + ROUNDING_NANO;
}

/**
 * Throws if the record count differs from the stated count and no total confirms the records.
 * RunPod documents the count as buckets times resources, which may exceed the records.
 * @throws {Failure} `malformed`
 */
export function checkRecordCount(
  { recordCount }: BillMetadata,
  { count }: JsonList,
  where: string,
): void {
  if (recordCount === count) return;
  const counts = `it states ${recordCount} records but has ${count}`;
  throw malformedResponse(where, `${counts}, and no total shows that they are complete`);
}

export function billSpanText(span: Period): string {
  return `${instantText(span.startMs)} to ${instantText(span.endMs)}`;
}
