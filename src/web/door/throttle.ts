/** Limits wrong tokens to ten a minute, per token and per client address. */

import { createHash } from 'node:crypto';

const MOST_WRONG = 10;
const WINDOW_MS = 60_000;
/** The number of counters kept; the oldest are dropped first. */
const MOST_COUNTS = 10_000;

/** A wrong token and the address of the client that sent it. */
export interface WrongToken {
  readonly address: string;
  readonly token: string;
}

export interface TokenThrottle {
  /** Counts a wrong token. Returns the seconds to wait, or 0 below the limit. */
  countWrong(tried: WrongToken, nowMs: number): number;
}

/**
 * A program that repeats an outdated token uses up the ten attempts of that token, but only one of
 * its address. Ten different tokens from one address are an attempt to guess, and are blocked.
 */
export function createTokenThrottle(): TokenThrottle {
  const counts = new Map<string, { sinceMs: number; wrong: number }>();
  const current = (key: string, nowMs: number) => {
    const found = counts.get(key);
    return found === undefined || nowMs - found.sinceMs >= WINDOW_MS ? undefined : found;
  };
  const count = (key: string, nowMs: number) => {
    const { sinceMs, wrong } = current(key, nowMs) ?? { sinceMs: nowMs, wrong: 0 };
    counts.delete(key);
    counts.set(key, { sinceMs, wrong: wrong + 1 });
    const [oldest] = counts.keys();
    if (counts.size > MOST_COUNTS && oldest !== undefined) counts.delete(oldest);
  };
  const waitMs = (key: string, nowMs: number) => {
    const found = current(key, nowMs);
    return found === undefined || found.wrong <= MOST_WRONG ? 0 : found.sinceMs + WINDOW_MS - nowMs;
  };
  return {
    countWrong({ address, token }, nowMs) {
      // A digest, because a wrong token may be the secret of another service.
      const digest = createHash('sha256').update(token).digest('base64');
      const own = `${address} ${digest}`;
      if (current(own, nowMs) === undefined) count(address, nowMs);
      count(own, nowMs);
      return Math.ceil(Math.max(waitMs(own, nowMs), waitMs(address, nowMs)) / 1000);
    },
  };
}
