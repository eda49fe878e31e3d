/** Rules of thumb: the kind of GPU provider for a monthly spend, with the grounds. */

import { compare, decimal, type Exact } from '../../domain/exact.ts';

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
