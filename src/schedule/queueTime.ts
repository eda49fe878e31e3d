/** Converts times of the work's clock to the system clock that BullMQ uses. */

import { systemClock } from '../platform/clock.ts';

export function toQueueTime(atMs: number, nowMs: number): number {
  return systemClock.nowMs() + atMs - nowMs;
}
