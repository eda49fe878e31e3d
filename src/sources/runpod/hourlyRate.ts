/** What an hourly rate is, and which written prices are none. */

import { type Exact, isZero, parseExact } from '../../domain/exact.ts';

export interface HourlyRate {
  /** The part of the bill that it explains. */
  readonly part: 'gpu' | 'cpu';
  /** Of one pod or one worker. */
  readonly usdPerHour: Exact;
  /** True where several run under one id, so that a bucket may hold more hours than it is long. */
  readonly manyAtOnce: boolean;
}

/** A price above zero, or `undefined`: zero and nothing are no rate. */
export function positive(text: string | null | undefined): Exact | undefined {
  const value = text === null || text === undefined ? undefined : parseExact(text);
  return value === undefined || isZero(value) || value.num < 0n ? undefined : value;
}
