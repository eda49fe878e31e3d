/** The options of a plan; figures that were not given are absent. */

import type { Exact } from '../domain/exact.ts';
import type { PlannedRequest } from '../economics/ahead/wish.ts';

/** A figure for one GPU type, or for all if none is named. */
export interface ForGpu {
  readonly type?: string;
  readonly value: Exact;
}

export interface PlanRequest
  extends Pick<
    PlannedRequest,
    'model' | 'tokensPerDay' | 'burstiness' | 'outputShare' | 'cachedShare' | 'headroom'
  > {
  readonly gpus: readonly { readonly type: string; readonly capacity?: Exact }[];
  /** GPUs of one replica. */
  readonly gpuCount: number;
  readonly capacity?: Exact | undefined;
  readonly gpuRates: readonly ForGpu[];
  readonly reservedRates: readonly ForGpu[];
  /** Dollars per second of one worker. */
  readonly serverlessRates: readonly ForGpu[];
  readonly hosted?: GivenPrice | undefined;
  readonly fee?: Exact | undefined;
  /** Hours per month. */
  readonly opsHours?: Exact | undefined;
  readonly hostedHours?: Exact | undefined;
  readonly laborRate?: Exact | undefined;
}

/** Dollars per million tokens. */
export interface GivenPrice {
  readonly input: Exact;
  readonly output: Exact;
  readonly cached?: Exact | undefined;
}
