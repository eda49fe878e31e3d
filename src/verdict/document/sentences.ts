/** Who makes the sentences that stand beside the facts of an audit. */

import type { Missing, Reason } from '../reason.ts';

/** Each fact in one sentence, as an audit stores it. */
export interface Sentences {
  readonly reason: (reason: Reason) => string;
  readonly missing: (missing: Missing) => string;
}
