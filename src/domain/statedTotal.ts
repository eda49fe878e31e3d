/** Totals stated by a provider, compared with the ledger. */

import type { Period } from './period.ts';

export interface StatedTotal {
  readonly sourceId: string;
  /** Kind of request, e.g. `runpod.billing.pods`. */
  readonly kind: string;
  readonly window: Period;
  readonly statedNanoUsd: bigint;
  readonly of: StatedScope;
}

/** The charges that a total covers: by key prefix, or by the fetches they came from. */
export type StatedScope =
  | { readonly keyPrefix: string }
  | { readonly fetchRefs: ReadonlySet<number> };

/** Both sides of one total. */
export interface ComparedTotal extends Omit<StatedTotal, 'of'> {
  readonly ledgerNanoUsd: bigint;
}
