/** Computes the unused commitment of a plan, and the stack after some commitments have ended. */

import {
  add,
  compare,
  divide,
  type Exact,
  isZero,
  larger,
  multiply,
  smaller,
  subtract,
  sum,
  ZERO,
} from '../domain/exact.ts';
import type { OptionOffer, OptionOffers } from './offer.ts';
import { type Assumptions, BASE_ASSUMPTIONS, findOffer, pricedOption } from './options.ts';
import type { PlanPick } from './plan.ts';
import type { DeploymentEconomics, StackEconomics } from './result.ts';
import type { StackCommitment } from './stackParts.ts';
import { stackInPlan } from './sharedInPlan.ts';
import { committedUsd } from './bill/commitment.ts';

/** The part of a commitment that a plan's changes leave unused, by their shares of it. */
export function unusedByPlan(
  { shares }: StackCommitment,
  economics: StackEconomics,
  picks: readonly PlanPick[],
): Exact {
  const { deployments } = stackInPlan(economics, picks);
  let unused = ZERO;
  for (const { deployment, choice } of picks) {
    const found = deployments.find(({ id }) => id === deployment);
    const share = shares.get(deployment);
    if (found === undefined || share === undefined || isZero(found.committedUsd)) continue;
    const part = divide(share, found.committedUsd);
    unused = add(unused, multiply(pricedOption(found, choice).strandedUsd, part));
  }
  return unused;
}

/** A stack, and the assumptions under which its options are priced. */
export interface StackAfterContracts {
  readonly economics: StackEconomics;
  readonly world: Assumptions;
}

/**
 * Prices the stack after some commitments have ended. A deployment without any remaining commitment
 * is priced as after all contracts. A deployment with another commitment leaves only that unused:
 * of $5,000 and $3,000 committed at $9,000 paid, deleting leaves $8,000 unused, and $3,000 once the
 * first has ended.
 */
export function withoutEndedCommitments(
  economics: StackEconomics,
  isOver: (commitment: StackCommitment) => boolean,
): StackAfterContracts {
  const left = economics.commitments.filter((each) => !isOver(each));
  const over = new Set(
    economics.deployments
      .filter(({ id }) => left.every(({ shares }) => (shares.get(id) ?? ZERO).num <= 0n))
      .map(({ id }) => id),
  );
  const deployments = economics.deployments.map((each) =>
    over.has(each.id) ? each : reduceCommitted(each, committedUsd(left, each.id)),
  );
  return {
    economics: { ...economics, deployments },
    world: { ...BASE_ASSUMPTIONS, contracts: over },
  };
}

/**
 * Reduces the unused commitment by the ended part, as far as the deployment's spend had used it.
 */
function reduceCommitted(deployment: DeploymentEconomics, committed: Exact): DeploymentEconomics {
  const { offers, hybrid, committedUsd: before } = deployment;
  const { keep } = offers;
  if ('reason' in keep) return deployment;
  const paidUsd = sum([keep.gpuUsd, keep.storageUsd, keep.otherUsd]);
  const lessUsd = subtract(smaller(before, paidUsd), smaller(committed, paidUsd));
  const unused = (usd: Exact) => larger(ZERO, subtract(usd, lessUsd));
  const lessened = Object.entries(offers).map(([option, offer]) => {
    return [option, 'reason' in offer ? offer : withUnused(offer, unused)] as const;
  });
  return {
    ...deployment,
    committedUsd: committed,
    offers: Object.fromEntries(lessened) as unknown as OptionOffers,
    hybrid: {
      ...hybrid,
      plans: hybrid.plans.map((each) => ({ ...each, strandedUsd: unused(each.strandedUsd) })),
    },
  };
}

function withUnused(offer: OptionOffer, unused: (usd: Exact) => Exact): OptionOffer {
  const { strandedBeside, atScale } = offer;
  return {
    ...offer,
    strandedUsd: unused(offer.strandedUsd),
    ...(strandedBeside && { strandedBeside: (usd: Exact) => unused(strandedBeside(usd)) }),
    ...(atScale && {
      atScale: (scale: Exact) => {
        const { strandedUsd, ...rest } = atScale(scale);
        return strandedUsd === undefined ? rest : { ...rest, strandedUsd: unused(strandedUsd) };
      },
    }),
  };
}

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
