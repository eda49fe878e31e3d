/** Prices a plan as a whole: shared spend is saved only if all sharers leave. */

import { releasesPart, sumStaying } from './bill/sharedRent.ts';
import type { Choice, OptionOffer, OptionName, StayingCost } from './offer.ts';
import { findOffer } from './options.ts';
import type { DeploymentEconomics, StackEconomics } from './result.ts';

interface Picked {
  readonly deployment: string;
  readonly choice: Choice;
}

/**
 * The same deployments, with each picked option at its cost in this plan; others are kept. Two
 * deployments share a $6.00 pod in halves: if one deletes, $3.00 stays; if both do, nothing stays.
 */
export function stackInPlan(economics: StackEconomics, picks: readonly Picked[]): StackEconomics {
  const { deployments } = economics;
  const together = deploymentsInPlan(deployments, picks);
  return together === deployments ? economics : { ...economics, deployments: together };
}

export function deploymentsInPlan(
  deployments: readonly DeploymentEconomics[],
  picks: readonly Picked[],
): readonly DeploymentEconomics[] {
  if (deployments.every(({ shared }) => shared === undefined)) return deployments;
  const choices = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  const known = new Set(deployments.map(({ id }) => id));
  const isGone = ({ sharers, part }: StayingCost) =>
    sharers.every((id) => known.has(id) && releasesPart(choices.get(id) ?? 'keep', part));
  return deployments.map((each) => withoutReleased(each, choices.get(each.id) ?? 'keep', isGone));
}

/** A deployment whose option no longer pays for shared resources that are gone. */
export function withoutReleased(
  deployment: DeploymentEconomics,
  option: OptionName,
  isGone: (staying: StayingCost) => boolean,
): DeploymentEconomics {
  const offer = findOffer(deployment, option);
  if (offer === undefined || !(offer.staying ?? []).some(isGone)) return deployment;
  return { ...deployment, offers: { ...deployment.offers, [option]: offerWithout(offer, isGone) } };
}

function offerWithout(offer: OptionOffer, isGone: (staying: StayingCost) => boolean): OptionOffer {
  const { staying = [], strandedBeside, atScale, days } = offer;
  const rest = staying.filter((each) => !isGone(each));
  const strandedUsd = strandedBeside?.(sumStaying({ staying: rest })) ?? offer.strandedUsd;
  const ownUsd = Float64Array.from(days.ownUsd);
  for (const { byDay } of staying.filter(isGone)) {
    for (const [day, usd] of byDay.entries()) ownUsd[day] = (ownUsd[day] ?? 0) - usd;
  }
  return {
    ...offer,
    staying: rest,
    strandedUsd,
    days: { ...days, ownUsd },
    ...(atScale && { atScale: (scale) => ({ ...atScale(scale), strandedUsd }) }),
  };
}
