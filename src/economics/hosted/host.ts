/** Knows the shape of a host that was weighed, and of what it asks. */

import type { Exact } from '../../domain/exact.ts';

/** A cost that is linear in the share of our cache hits that the host would hit too. */
export interface CacheLinear {
  readonly atZeroUsd: Exact;
  readonly atOneUsd: Exact;
}

export interface ConsideredHost {
  readonly sourceId: string;
  readonly model: string;
  readonly host: string;
  readonly hostName?: string;
  readonly quantization: string;
  /** Present where the host was eligible; else `reason` says why it was not. */
  readonly cost?: CacheLinear;
  /** At the base cache share. */
  readonly usd?: Exact;
  readonly reason?: string;
}
