/** Knows which kind of provider fits a monthly spend on GPUs, and on what grounds. */

import { compare, decimal, type Exact } from '../../domain/exact.ts';

export interface TierRule {
  readonly tier: string;
  /** Dollars a month from which it holds, up to the next rule's. */
  readonly fromUsd: Exact;
  readonly grounds: string;
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
