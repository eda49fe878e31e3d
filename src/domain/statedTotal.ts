/** What a provider says its charges of some time come to, and what the ledger's come to. */

import type { Period } from './period.ts';

export interface StatedTotal {
  readonly sourceId: string;
  /** Of the question that was answered, e.g. `runpod.billing.pods`. */
  readonly kind: string;
  readonly window: Period;
  readonly statedNanoUsd: bigint;
  readonly of: StatedOf;
}

/** Which charges of its source a total is about: by their key, or by the answers they came in. */
export type StatedOf = { readonly keyPrefix: string } | { readonly fetchRefs: ReadonlySet<number> };

/** Both sides of one total. */
export interface ComparedTotal extends Omit<StatedTotal, 'of'> {
  readonly ledgerNanoUsd: bigint;
}
