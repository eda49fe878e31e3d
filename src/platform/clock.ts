/** The clock. Only this file reads the system time. */

export interface Clock {
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** A clock that only moves when it is set, for tests and the demo. */
export function settableClock(startMs: number): Clock & { set(instantMs: number): void } {
  let now = startMs;
  return {
    nowMs: () => now,
    set(instantMs) {
      now = instantMs;
    },
  };
}
