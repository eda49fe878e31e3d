/** What becomes of work that met a failure: one table, by code. */

import { FAILURES, type FailureCode } from './failure.ts';
import { HOUR_MS, MINUTE_MS } from './period.ts';

/**
 * `retry`: it may work soon, with growing pauses, eight tries. `later`: not before a while has
 * passed, without using up a try, for a day at most. `never`: not without a person.
 */
export type Recourse =
  | { readonly kind: 'retry' }
  | { readonly kind: 'later'; readonly afterMs: number }
  | { readonly kind: 'never' };

const RETRY: Recourse = { kind: 'retry' };
const NEVER: Recourse = { kind: 'never' };
const after = (afterMs: number): Recourse => ({ kind: 'later', afterMs });

/**
 * By code, for work that failed as a whole. Where only a part failed, what would be `never` is
 * `done` and told as a shortfall: the rest is worth having.
 */
export const RECOURSE: Readonly<Record<FailureCode, Recourse>> = {
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

/** For this long work may be put off in all before it fails. */
export const PATIENCE_MS = 24 * HOUR_MS;

/** What one part's failure makes of the whole: `done` where the rest may stand without it. */
export function recourseOfPart(code: FailureCode): Recourse | { readonly kind: 'done' } {
  return FAILURES[code].passing ? RECOURSE[code] : { kind: 'done' };
}
