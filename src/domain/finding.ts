/** Knows what a look at an installation finds: one thing each, how it is, and how to mend it. */

import type { Failure } from './failure.ts';

/** What was looked at, in the order in which it is told. */
export const AREAS = [
  'config',
  'ledger',
  'queue',
  'source',
  'mapping',
  'bill',
  'channel',
  'pdf',
  'dead man',
] as const;

export interface Finding {
  readonly area: (typeof AREAS)[number];
  /** Which one of several, e.g. the id of a source. */
  readonly subject?: string;
  /** `warn` works, but not as well as it could or not for long; `fail` does not work. */
  readonly state: 'ok' | 'warn' | 'fail';
  /** One sentence without a full stop. */
  readonly says: string;
  /** What to do; always there for what is not ok. */
  readonly mend?: string;
}

/** What a failure says, as a finding. */
export function foundBy(
  { message, hint }: Failure,
  where: Pick<Finding, 'area' | 'subject'>,
  state: 'warn' | 'fail' = 'fail',
): Finding {
  return { ...where, state, says: message, mend: hint };
}
