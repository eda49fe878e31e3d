/** Limits wrong tokens: ten a minute, counted for each credential and for each client address. */

import { createHash } from 'node:crypto';

const MOST_WRONG = 10;
const WINDOW_MS = 60_000;
/** Counts that are kept; beyond it the oldest are forgotten. */
const MOST_COUNTS = 10_000;

/** A token that was wrong, and the address of the client that gave it. */
export interface WrongToken {
  readonly address: string;
  readonly token: string;
}

export interface Throttle {
  /** Counts a wrong token; answers the seconds to wait, 0 while there were few enough. */
  wrong(tried: WrongToken, nowMs: number): number;
}

/**
 * A program with an old token tries the same one again and again: it uses up its own ten tries, and
 * one of its address's. Ten different tokens from one address are a guess at ours.
 */
export function createThrottle(): Throttle {
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
    wrong({ address, token }, nowMs) {
      // Never the token itself: it may be one of another service.
      const digest = createHash('sha256').update(token).digest('base64');
      const own = `${address} ${digest}`;
      if (current(own, nowMs) === undefined) count(address, nowMs);
      count(own, nowMs);
      return Math.ceil(Math.max(waitMs(own, nowMs), waitMs(address, nowMs)) / 1000);
    },
  };
}
