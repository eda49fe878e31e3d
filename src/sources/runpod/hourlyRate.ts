/** What an hourly rate is, and which written prices are none. */

import { type Exact, isZero, parseExact } from '../../domain/exact.ts';

export interface HourlyRate {
  /** The part of the bill that it explains. */
  readonly part: 'gpu' | 'cpu';
  /** Of the whole pod or cluster. */
  readonly usdPerHour: Exact;
}

/** The list price of one worker hour: on the cheapest and the most expensive GPU it may get. */
export interface WorkerRate {
  readonly low: Exact;
  readonly high: Exact;
}

/** A price above zero, or `undefined`: zero and nothing are no rate. */
export function positive(text: string | null | undefined): Exact | undefined {
  const value = text === null || text === undefined ? undefined : parseExact(text);
  return value === undefined || isZero(value) || value.num < 0n ? undefined : value;
}
