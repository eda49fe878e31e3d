/** A plan as one: what deployments share is saved where all that share it let go of it. */

import { letsGo, stayingUsd } from './bill/sharedRent.ts';
import type { Choice, Offer, OptionName, Staying } from './offer.ts';
import { offerOf } from './options.ts';
import type { DeploymentEconomics, StackEconomics } from './result.ts';

interface Picked {
  readonly deployment: string;
  readonly choice: Choice;
}

/**
 * The same deployments, each option that is picked at what it costs in this plan; who is not named
 * is kept. Of two that share a $6.00 pod half each deletes alone at $3.00 that stay, both at none.
 */
export function inPlan(economics: StackEconomics, picks: readonly Picked[]): StackEconomics {
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
  const isGone = ({ sharers, part }: Staying) =>
    sharers.every((id) => known.has(id) && letsGo(choices.get(id) ?? 'keep', part));
  return deployments.map((each) => withoutShared(each, choices.get(each.id) ?? 'keep', isGone));
}

/** A deployment of which an option leaves nothing behind that is gone. */
export function withoutShared(
  deployment: DeploymentEconomics,
  option: OptionName,
  isGone: (staying: Staying) => boolean,
): DeploymentEconomics {
  const offer = offerOf(deployment, option);
  if (offer === undefined || !(offer.staying ?? []).some(isGone)) return deployment;
  return { ...deployment, offers: { ...deployment.offers, [option]: offerWithout(offer, isGone) } };
}

function offerWithout(offer: Offer, isGone: (staying: Staying) => boolean): Offer {
  const { staying = [], strandedBeside, atScale, days } = offer;
  const rest = staying.filter((each) => !isGone(each));
  const strandedUsd = strandedBeside?.(stayingUsd({ staying: rest })) ?? offer.strandedUsd;
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
