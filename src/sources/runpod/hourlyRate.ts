/** Hourly rates of pods, clusters and serverless workers. */

import { type Exact, isZero, parseExact } from '../../domain/exact.ts';

export interface HourlyRate {
  /** The part of the bill that it applies to. */
  readonly part: 'gpu' | 'cpu';
  /** US dollars per hour of the whole pod or cluster. */
  readonly usdPerHour: Exact;
}

/** List price of one worker hour, on the cheapest and the most expensive GPU it may get. */
export interface WorkerRate {
  readonly low: Exact;
  readonly high: Exact;
}

/** The price if it is above zero, and `undefined` otherwise. */
export function parsePositiveRate(text: string | null | undefined): Exact | undefined {
  const value = text === null || text === undefined ? undefined : parseExact(text);
  return value === undefined || isZero(value) || value.num < 0n ? undefined : value;
}
