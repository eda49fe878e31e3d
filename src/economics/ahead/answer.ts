/** The shape of an answer about a stack that does not exist yet. Dollars are a month's. */

import type { Exact } from '../../domain/exact.ts';
import type { AheadLack } from '../lack.ts';
import type { PodsPay } from './podsPay.ts';
import type { Tier } from './tiers.ts';

export type AheadCode =
  | 'hosted-api'
  | 'serverless'
  | 'pods'
  | 'hourly-pods'
  | 'reserved-pods'
  /** Pods that always run are reserved; the others are on demand for the hours that need them. */
  | 'reserved-and-hourly-pods'
  /** A fixed number of pods always runs, and the API takes what is above them: a hybrid. */
  | 'pods-with-overflow'
  | 'reserved-pods-with-overflow';

export interface AheadOption {
  readonly code: AheadCode;
  /** Absent for the API. */
  readonly gpu?: string;
  /** Providers whose prices it uses; `given` is a price given by hand. */
  readonly from: readonly string[];
  readonly usd: Exact;
  /** The part of it that an API asks for what the pods do not hold; absent where they hold all. */
  readonly overflowUsd?: Exact;
  /** Absent where nobody told people's hours. */
  readonly withPeopleUsd?: Exact;
  readonly usdPerMtok: Exact;
  /** Tokens over what is paid for could serve. */
  readonly utilization?: Exact;
  /** The most at once. */
  readonly replicas?: number;
  /** Those of them that are reserved, where the others are not. */
  readonly reservedReplicas?: number;
}

export interface AheadGpuAnswer {
  readonly type: string;
  readonly count: number;
  readonly capacity?: Exact;
  /** The deployment whose configuration states it; absent where it was given by hand. */
  readonly capacityOf?: string;
  /** Tokens a second with which one replica holds the peak hour at the headroom. */
  readonly capacityForOne: Exact;
  /** One pod around the clock, whatever it can serve; absent where its rate is unknown. */
  readonly podUsd?: Exact;
  /** A pod that is always as full as the headroom allows. */
  readonly fullUsdPerMtok?: Exact;
  /** The cheapest of its options. */
  readonly best?: AheadOption;
  /** From where on pods pay against the API; absent where that is unknown. */
  readonly podsPay?: { readonly alone: PodsPay | 'never'; readonly withPeople?: PodsPay | 'never' };
  /** Pod $/h over serverless $/h, and worker time over the pods' time. */
  readonly serverless?: { readonly breakEvenShare: Exact; readonly workerShare: Exact };
  /**
   * Reserved over on demand, the share of the time in which the pods are needed, and how many of
   * the most at once are worth reserving.
   */
  readonly reserved?: {
    readonly breakEvenShare: Exact;
    readonly neededShare: Exact;
    readonly pods: number;
    readonly most: number;
  };
}

export interface AheadAnswer {
  readonly tokensPerMonth: Exact;
  /** Cheapest first: with people's time where it is known. */
  readonly options: readonly AheadOption[];
  /** The GPU with the cheapest option; absent where none has one. */
  readonly gpu?: string;
  readonly gpus: readonly AheadGpuAnswer[];
  /** For the cheapest option on own GPUs, by its rent; absent where there is none. */
  readonly tier?: { readonly rule: Tier; readonly rentUsd: Exact; readonly of: AheadOption };
  /** What could not be weighed, and why. */
  readonly missing: readonly AheadLack[];
}
