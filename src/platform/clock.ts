/** What time it is; the only place that asks the machine. */

export interface Clock {
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** A clock that stands still until it is set: tests and the demo own time with it. */
export function settableClock(startMs: number): Clock & { set(instantMs: number): void } {
  let now = startMs;
  return {
    nowMs: () => now,
    set(instantMs) {
      now = instantMs;
    },
  };
}
