/** How failed work is retried: by failure code, and after which pauses. */

import { FAILURES, type FailureCode } from '../domain/failure.ts';
import { HOUR_MS, MINUTE_MS } from '../domain/period.ts';

/**
 * `retry`: try again with growing pauses, up to eight attempts. `later`: wait `afterMs` first. It
 * uses no attempt and lasts a day at most. `never`: a person must fix something.
 */
export type RetryDecision =
  | { readonly kind: 'retry' }
  | { readonly kind: 'later'; readonly afterMs: number }
  | { readonly kind: 'never' };

const RETRY: RetryDecision = { kind: 'retry' };
const NEVER: RetryDecision = { kind: 'never' };
const after = (afterMs: number): RetryDecision => ({ kind: 'later', afterMs });

/**
 * For work that failed as a whole. Where only one part failed, `never` becomes `done` and the
 * failure is reported as a shortfall, because the other parts are still useful.
 */
export const RETRY_DECISIONS: Readonly<Record<FailureCode, RetryDecision>> = {
  usage: NEVER,
  config: NEVER,
  auth: NEVER,
  forbidden: NEVER,
  'not-found': NEVER,
  refused: NEVER,
  malformed: NEVER,
  'too-large': NEVER,
  'rate-limited': after(MINUTE_MS),
  unavailable: RETRY,
  timeout: RETRY,
  'not-settled': after(HOUR_MS),
  withdrawal: NEVER,
  'no-data': NEVER,
  'file-unreadable': NEVER,
  'ledger-locked': RETRY,
  'lost-claim': RETRY,
  'not-writer': RETRY,
  'ledger-readonly': NEVER,
  'ledger-corrupt': NEVER,
  'ledger-newer': NEVER,
  'ledger-foreign': NEVER,
  'disk-full': after(10 * MINUTE_MS),
};

/** The longest total delay of `later` before the work fails. */
export const MAX_DELAY_MS = 24 * HOUR_MS;

/** How to continue when one part failed: `done` where the other parts are complete without it. */
export function decidePartRetry(code: FailureCode): RetryDecision | { readonly kind: 'done' } {
  return FAILURES[code].passing ? RETRY_DECISIONS[code] : { kind: 'done' };
}

/** With growing pauses the last attempt starts about an hour after the first. */
export const MAX_ATTEMPTS = 8;

const FIRST_PAUSE_MS = MINUTE_MS / 2;
export const LONGEST_PAUSE_MS = HOUR_MS;

/** The pause before the next attempt: 30 s, 1 min, 2 min … up to an hour. */
export function growingPauseMs(triesMade: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (triesMade - 1), LONGEST_PAUSE_MS);
}
