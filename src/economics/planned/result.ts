/** The result of planning a stack that does not exist yet. Amounts are dollars per month. */

import { compare, decimal, type Exact } from '../../domain/exact.ts';
import type { PlannedLack } from '../lack.ts';
import type { BreakEvenLoad } from './breakEvenLoad.ts';

export type PlannedOptionCode =
  | 'hosted-api'
  | 'serverless'
  | 'pods'
  | 'hourly-pods'
  | 'reserved-pods'
  /** Always-on replicas are reserved; the others are on demand for the hours that need them. */
  | 'reserved-and-hourly-pods'
  /** A fixed number of always-on replicas, with the API for load above them: a hybrid. */
  | 'pods-with-overflow'
  | 'reserved-pods-with-overflow';

export interface PlannedOption {
  readonly code: PlannedOptionCode;
  /** Absent for the API. */
  readonly gpu?: string;
  /** Providers whose prices it uses; `given` is a price given by hand. */
  readonly from: readonly string[];
  readonly usd: Exact;
  /** The part paid to an API for load above the replicas; absent without overflow. */
  readonly overflowUsd?: Exact;
  /** Including engineering time; absent if its hours are unknown. */
  readonly withEngineeringUsd?: Exact;
  readonly usdPerMtok: Exact;
  /** Tokens served over what the paid capacity could serve. */
  readonly utilization?: Exact;
  /** The most at one time. */
  readonly replicas?: number;
  /** The reserved ones, if the others are not. */
  readonly reservedReplicas?: number;
}

export interface PlannedGpuResult {
  readonly type: string;
  readonly count: number;
  readonly capacity?: Exact;
  /** The deployment whose config states the capacity; absent if given by hand. */
  readonly capacityOf?: string;
  /** Tokens per second at which one replica serves the peak hour at the headroom. */
  readonly capacityForOne: Exact;
  /** One replica around the clock, whatever its capacity; absent if its rate is unknown. */
  readonly podUsd?: Exact;
  /** Price of a replica that is always as full as the headroom allows. */
  readonly fullUsdPerMtok?: Exact;
  /** Its cheapest option. */
  readonly best?: PlannedOption;
  /** The load from which replicas cost less than the API; absent if unknown. */
  readonly podsPay?: {
    readonly alone: BreakEvenLoad | 'never';
    readonly withPeople?: BreakEvenLoad | 'never';
  };
  /** Replica $/h over serverless $/h, and worker time over replica time. */
  readonly serverless?: { readonly breakEvenShare: Exact; readonly workerShare: Exact };
  /**
   * Reserved rate over on-demand rate, the share of time in which the replicas are needed, and how
   * many of the maximum are worth reserving.
   */
  readonly reserved?: {
    readonly breakEvenShare: Exact;
    readonly neededShare: Exact;
    readonly pods: number;
    readonly most: number;
  };
}

export interface PlannedResult {
  readonly tokensPerMonth: Exact;
  /** Cheapest first, including engineering time if known. */
  readonly options: readonly PlannedOption[];
  /** The GPU with the cheapest option; absent if no GPU has one. */
  readonly gpu?: string;
  readonly gpus: readonly PlannedGpuResult[];
  /** For the cheapest self-hosted option, by its GPU spend; absent if there is none. */
  readonly tier?: { readonly rule: SpendTier; readonly rentUsd: Exact; readonly of: PlannedOption };
  /** What could not be computed, and why. */
  readonly missing: readonly PlannedLack[];
}

export interface SpendTier {
  readonly tier:
    | 'hosted-or-marketplace'
    | 'on-demand'
    | 'on-demand-until-known'
    | 'reserved-base'
    | 'reserved';
  readonly grounds:
    | 'less-than-one-gpu'
    | 'less-than-one-node'
    | 'node-under-contract'
    | 'reserved-cheapest'
    | 'reserved-uncompared'
    | 'on-demand-cheaper';
}

export interface TierRule extends SpendTier {
  /** Dollars per month from which it applies, up to the next rule. */
  readonly fromUsd: Exact;
}

/** The limits are rules of thumb, each based on one figure that can be checked. */
export const SPEND_TIER_RULES: readonly [TierRule, ...TierRule[]] = [
  { tier: 'hosted-or-marketplace', fromUsd: decimal('0'), grounds: 'less-than-one-gpu' },
  { tier: 'on-demand', fromUsd: decimal('1000'), grounds: 'less-than-one-node' },
  { tier: 'reserved-base', fromUsd: decimal('17000'), grounds: 'node-under-contract' },
];

/** The rule for a monthly spend: $5,000 is on demand at a neocloud. */
export function tierForSpend(usdPerMonth: Exact): TierRule {
  const [first, ...others] = SPEND_TIER_RULES;
  return others.findLast(({ fromUsd }) => compare(usdPerMonth, fromUsd) >= 0) ?? first;
}

/** How the cheapest option rents its GPUs, and which rates of that GPU are known. */
export interface Renting {
  readonly isReserved: boolean;
  readonly knownRates: { readonly onDemand: boolean; readonly reserved: boolean };
}

/**
 * The tier of an option: that of its spend, unless its own price shows otherwise. Reserved pods at
 * $3,312 are `reserved`, though below $17,000 most spend is on demand.
 */
export function tierForOption(usdPerMonth: Exact, { isReserved, knownRates }: Renting): SpendTier {
  const { tier, grounds } = tierForSpend(usdPerMonth);
  if (isReserved) {
    return {
      tier: 'reserved',
      grounds: knownRates.onDemand ? 'reserved-cheapest' : 'reserved-uncompared',
    };
  }
  if (tier !== SPEND_TIER_RULES.at(-1)?.tier) return { tier, grounds };
  return knownRates.reserved
    ? { tier: 'on-demand', grounds: 'on-demand-cheaper' }
    : { tier: 'on-demand-until-known', grounds };
}
