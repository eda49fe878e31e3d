/** Which kind of provider fits a monthly spend on GPUs, and on what grounds. */

import { compare, decimal, type Exact } from '../../domain/exact.ts';

export interface Tier {
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

export interface TierRule extends Tier {
  /** Dollars a month from which it holds, up to the next rule's. */
  readonly fromUsd: Exact;
}

/**
 * Where one ends and the next begins is a rule of thumb; each stands on one figure that can be
 * checked.
 */
export const TIER_RULES: readonly [TierRule, ...TierRule[]] = [
  { tier: 'hosted-or-marketplace', fromUsd: decimal('0'), grounds: 'less-than-one-gpu' },
  { tier: 'on-demand', fromUsd: decimal('1000'), grounds: 'less-than-one-node' },
  { tier: 'reserved-base', fromUsd: decimal('17000'), grounds: 'node-under-contract' },
];

/** The last rule that has begun at a spend: $5,000 a month is a neocloud's, on demand. */
export function tierFor(usdPerMonth: Exact): TierRule {
  const [first, ...others] = TIER_RULES;
  return others.findLast(({ fromUsd }) => compare(usdPerMonth, fromUsd) >= 0) ?? first;
}

/** How the cheapest option rents its pods, and which rates of that GPU are known. */
export interface Renting {
  readonly isReserved: boolean;
  readonly knows: { readonly onDemand: boolean; readonly reserved: boolean };
}

/**
 * The tier of an option: that of its spend, unless its own price says otherwise. Reserved pods at
 * $3,312 are reserved, though below $17,000 most are on demand.
 */
export function tierOf(usdPerMonth: Exact, { isReserved, knows }: Renting): Tier {
  const { tier, grounds } = tierFor(usdPerMonth);
  if (isReserved) {
    return {
      tier: 'reserved',
      grounds: knows.onDemand ? 'reserved-cheapest' : 'reserved-uncompared',
    };
  }
  if (tier !== TIER_RULES.at(-1)?.tier) return { tier, grounds };
  return knows.reserved
    ? { tier: 'on-demand', grounds: 'on-demand-cheaper' }
    : { tier: 'on-demand-until-known', grounds };
}
