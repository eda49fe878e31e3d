/** The request to plan a stack that does not exist yet. */

import type { Exact } from '../../domain/exact.ts';
import type { HostedPrice } from '../../domain/price.ts';
import type { HostedInput, LaborInput, AssumedRange } from '../input.ts';

export interface PlannedRequest {
  readonly model: string;
  /** In the order entered, at least one. */
  readonly gpus: readonly PlannedGpu[];
  /** Prompt plus output, an integer above 0. */
  readonly tokensPerDay: Exact;
  /** The peak hour over the mean hour, 1 to 24. */
  readonly burstiness: Exact;
  /** Share of all tokens. */
  readonly outputShare: Exact;
  /** Share of the prompt that the self-hosted prefix cache would hit. */
  readonly cachedShare: Exact;
  /** Maximum load of a replica as a share of its capacity, above 0. */
  readonly headroom: Exact;
  /** Current hosted prices; empty if none are known. */
  readonly prices: readonly HostedPrice[];
  readonly hosted: HostedInput;
  readonly cacheRealization: AssumedRange;
  /** Hours per month; absent if unknown. */
  readonly labor?: LaborInput;
}

/** A GPU type with its rates in dollars per GPU-hour. Absent values are unknown. */
export interface PlannedGpu {
  readonly type: string;
  /** GPUs per replica. */
  readonly count: number;
  /** Tokens per second of one replica. */
  readonly capacity?: Exact;
  /** The deployment whose config states the capacity; absent if given by hand. */
  readonly capacityOf?: string;
  readonly onDemand?: PlannedRate;
  readonly reserved?: PlannedRate;
  /** Dollars per second of one worker, which is one replica. */
  readonly serverless?: PlannedServerless;
}

export interface PlannedRate {
  readonly usdPerGpuHour: Exact;
  /** The provider, or a note that the rate was given by hand. */
  readonly from: string;
}

export interface PlannedServerless {
  readonly usdPerSecond: Exact;
  readonly from: string;
}
