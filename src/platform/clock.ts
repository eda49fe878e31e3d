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

/** Waits for the work, but no longer than `ms`. Returns whether it finished in time. */
export async function finishesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
