/** Finds the cheapest hybrid of each deployment under other assumptions. */

import { compare, type Exact } from '../../domain/exact.ts';
import type { OptionOffer } from '../offer.ts';
import { findOffer, pricedOption, type Assumptions } from '../options.ts';
import type { DeploymentEconomics, StackEconomics } from '../result.ts';

/**
 * The same stack with the best hybrid of each deployment under other prices. Its tokens are
 * today's, because such an offer does not scale.
 */
export function withBestHybrids(economics: StackEconomics, world: Assumptions): StackEconomics {
  return {
    ...economics,
    deployments: economics.deployments.map((each) => withBestHybrid(each, world)),
  };
}

function withBestHybrid(deployment: DeploymentEconomics, world: Assumptions): DeploymentEconomics {
  const offer = findOffer(deployment, 'hybrid');
  if (offer === undefined) return deployment;
  let best: { readonly of: DeploymentEconomics; readonly usd: Exact } | undefined;
  for (const of of hybridsOf(deployment, offer)) {
    const { usd } = pricedOption(of, 'hybrid', world);
    if (best === undefined || compare(usd, best.usd) < 0) best = { of, usd };
  }
  return best?.of ?? deployment;
}

function hybridsOf(deployment: DeploymentEconomics, offer: OptionOffer): DeploymentEconomics[] {
  const { atScale: _, ...fixed } = offer;
  return deployment.hybrid.plans.map(({ replicas, paidGpuUsd, overflow, strandedUsd }) => {
    const plan = { gpuUsd: paidGpuUsd, hosted: overflow, strandedUsd, detail: { replicas } };
    return { ...deployment, offers: { ...deployment.offers, hybrid: { ...fixed, ...plan } } };
  });
}
