/** Knows how often a wrong token may be tried from one address before it must wait. */

const MOST_WRONG = 10;
const WINDOW_MS = 60_000;
/** Addresses that are remembered; beyond it the oldest are forgotten. */
const MOST_ADDRESSES = 10_000;

export interface Throttle {
  /** Seconds to wait; 0 where another try is fine. */
  waitSeconds(address: string, nowMs: number): number;
  wrong(address: string, nowMs: number): void;
}

/** Ten wrong tokens a minute from one address; then even the right one is not looked at. */
export function createThrottle(): Throttle {
  const tries = new Map<string, { sinceMs: number; wrong: number }>();
  const current = (address: string, nowMs: number) => {
    const found = tries.get(address);
    return found === undefined || nowMs - found.sinceMs >= WINDOW_MS ? undefined : found;
  };
  return {
    waitSeconds(address, nowMs) {
      const found = current(address, nowMs);
      if (found === undefined || found.wrong < MOST_WRONG) return 0;
      return Math.ceil((found.sinceMs + WINDOW_MS - nowMs) / 1000);
    },
    wrong(address, nowMs) {
      const { sinceMs, wrong } = current(address, nowMs) ?? { sinceMs: nowMs, wrong: 0 };
      tries.delete(address);
      tries.set(address, { sinceMs, wrong: wrong + 1 });
      const [oldest] = tries.keys();
      if (tries.size > MOST_ADDRESSES && oldest !== undefined) tries.delete(oldest);
    },
  };
}
