/** Knows what each option of a deployment costs, at the base or at an end of what is assumed. */

import { add, type Exact, sum, ZERO } from '../domain/exact.ts';
import { invariant } from '../domain/invariant.ts';
import { atCacheShare } from './hostedCost.ts';
import type { Range } from './input.ts';
import type { DeploymentEconomics } from './result.ts';

/** In the order in which ties are settled: who changes less, wins. */
export const CHOICES = ['keep', 'hybrid', 'delete'] as const;
export type Choice = (typeof CHOICES)[number];

type End = keyof Range;

/** Which end of each assumption holds. */
export interface Assumptions {
  readonly selfHosted: End;
  readonly hosted: End;
  readonly cache: End;
}

export const AT_BASE: Assumptions = { selfHosted: 'base', hosted: 'base', cache: 'base' };

export interface OptionCost {
  readonly infraUsd: Exact;
  readonly hostedUsd: Exact;
  readonly laborUsd: Exact;
  readonly strandedUsd: Exact;
  readonly usd: Exact;
}

/**
 * The cost over covered time with the deployment's own labor; `undefined` where a price it needs is
 * unknown. In the worked example keep is $6.00 + $3.00 and delete $2.125825 + $0.50.
 */
export function optionCost(
  deployment: DeploymentEconomics,
  choice: Choice,
  at: Assumptions = AT_BASE,
): OptionCost | undefined {
  const { labor, spend, strandedUsd } = deployment;
  const selfHosted = labor.selfHosted[at.selfHosted];
  const hosted = labor.hosted[at.hosted];
  switch (choice) {
    case 'keep':
      return priced({ infraUsd: spend.coveredUsd, laborUsd: selfHosted });
    case 'delete': {
      const hostedUsd = hostedCost(deployment, at);
      return hostedUsd && priced({ hostedUsd, laborUsd: hosted, strandedUsd });
    }
    case 'hybrid': {
      const plan = deployment.hybrid.best;
      if (plan === undefined) return undefined;
      const hostedUsd = atCacheShare(plan.overflow, deployment.cacheRealization[at.cache]);
      return priced({ infraUsd: plan.ownUsd, hostedUsd, laborUsd: add(selfHosted, hosted) });
    }
  }
}

/** {@link optionCost} of a choice that was made; who made it knew its price, so no $0 stands in. */
export function pricedOption(
  deployment: DeploymentEconomics,
  choice: Choice,
  at: Assumptions = AT_BASE,
): OptionCost {
  const cost = optionCost(deployment, choice, at);
  invariant(cost !== undefined, `no price is known of a choice that was made: ${choice}`);
  return cost;
}

/** What the chosen host asks for all tokens. */
export function hostedCost(
  { hosted, cacheRealization }: DeploymentEconomics,
  at: Assumptions = AT_BASE,
): Exact | undefined {
  const cost = hosted.chosen?.cost;
  return cost && atCacheShare(cost, cacheRealization[at.cache]);
}

const NOTHING = { infraUsd: ZERO, hostedUsd: ZERO, laborUsd: ZERO, strandedUsd: ZERO };

function priced(parts: Partial<Omit<OptionCost, 'usd'>>): OptionCost {
  const all = { ...NOTHING, ...parts };
  return { ...all, usd: sum([all.infraUsd, all.hostedUsd, all.laborUsd, all.strandedUsd]) };
}
