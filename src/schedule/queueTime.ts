/** The time by which a queue goes: the machine's, whatever clock the work itself is given. */

import { systemClock } from '../platform/clock.ts';

/** When a moment of the work's clock comes, as BullMQ counts. */
export function queueTime(atMs: number, nowMs: number): number {
  return systemClock.nowMs() + atMs - nowMs;
}
