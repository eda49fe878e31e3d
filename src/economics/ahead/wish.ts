/** The input for a stack that does not exist yet. */

import type { Exact } from '../../domain/exact.ts';
import type { HostedPrice } from '../../domain/price.ts';
import type { HostedInput, LaborInput, Range } from '../input.ts';

export interface AheadWish {
  readonly model: string;
  /** In the order in which they were named, at least one. */
  readonly gpus: readonly AheadGpu[];
  /** Prompt and output, a whole number above 0. */
  readonly tokensPerDay: Exact;
  /** The peak hour over the mean hour, 1 to 24. */
  readonly burstiness: Exact;
  /** Of all tokens. */
  readonly outputShare: Exact;
  /** Of the prompt: what our own prefix cache would hit. */
  readonly cachedShare: Exact;
  /** Share of its capacity that a replica is loaded with at most, above 0. */
  readonly headroom: Exact;
  /** What hosts ask today; empty where no price is known. */
  readonly prices: readonly HostedPrice[];
  readonly hosted: HostedInput;
  readonly cacheRealization: Range;
  /** Hours of a month; absent where nobody told any. */
  readonly labor?: LaborInput;
}

/** What is absent is unknown. Rates are dollars for an hour of one GPU. */
export interface AheadGpu {
  readonly type: string;
  /** GPUs of one replica. */
  readonly count: number;
  /** Tokens a second of one replica. */
  readonly capacity?: Exact;
  /** The deployment whose configuration states it; absent where it was given by hand. */
  readonly capacityOf?: string;
  readonly onDemand?: AheadRate;
  readonly reserved?: AheadRate;
  /** Dollars a second of one worker, which is one replica. */
  readonly serverless?: AheadServerless;
}

export interface AheadRate {
  readonly usdPerGpuHour: Exact;
  /** Whose it is, or that it was given by hand. */
  readonly from: string;
}

export interface AheadServerless {
  readonly usdPerSecond: Exact;
  readonly from: string;
}
