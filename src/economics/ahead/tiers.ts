/** Knows which kind of provider fits a monthly spend on GPUs, and on what grounds. */

import { compare, decimal, type Exact } from '../../domain/exact.ts';

export interface Tier {
  readonly tier: string;
  readonly grounds: string;
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
  {
    tier: 'hosted API, or a marketplace',
    fromUsd: decimal('0'),
    grounds:
      'Below $1,000 a month not even one A100 at $1.50 runs around the clock ($1,080), and a ' +
      "tenth of one person's time costs more than the GPU.",
  },
  {
    tier: 'neocloud, on demand',
    fromUsd: decimal('1000'),
    grounds:
      'From one GPU to fewer than a node of eight: prices are published and paid by the hour, ' +
      'and nothing is owed for what is switched off.',
  },
  {
    tier: 'neocloud, reserved for what always runs',
    fromUsd: decimal('17000'),
    grounds:
      'From a node of eight H100 at $2.95 ($16,992 a month) there is a contract to be had; take ' +
      'it for the pods that are needed for more of the time than reserved costs of on demand.',
  },
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
  const rule = tierFor(usdPerMonth);
  if (isReserved) return { tier: RESERVED, grounds: knows.onDemand ? CHEAPER : UNCOMPARED };
  if (rule !== TIER_RULES.at(-1)) return rule;
  return knows.reserved
    ? { tier: ON_DEMAND, grounds: DEARER }
    : { tier: ASK, grounds: rule.grounds };
}

const RESERVED = 'neocloud, reserved';
const ON_DEMAND = 'neocloud, on demand';
const ASK = 'neocloud, on demand until a reserved price is known';
const CHEAPER =
  'The reserved rate is the cheapest way to rent these pods. It is owed around the clock until ' +
  'the contract ends.';
const UNCOMPARED =
  'Only a reserved rate of these GPUs is known, so on demand is not compared. Reserved is owed ' +
  'around the clock until the contract ends.';
const DEARER =
  'The reserved rate of these GPUs is known, and on demand is cheaper for these hours.';
