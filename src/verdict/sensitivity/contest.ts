/** Compares a change with keeping: its saving under any assumptions. */

import { type Exact, multiply, subtract, sum, ZERO } from '../../domain/exact.ts';
import type { Range } from '../../economics/input.ts';
import type { OptionName } from '../../economics/offer.ts';
import { laborShares, pricedOption, type Reading, type World } from '../../economics/options.ts';
import { fixedParts, type Pick } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { inPlan } from '../../economics/together.ts';

export interface Contest {
  readonly savingIn: (world: World) => Exact;
  /** Deployments that change, with their new options. */
  readonly changed: readonly Change[];
  /** The deployments that today's figures are taken from. */
  readonly deployments: readonly DeploymentEconomics[];
  /** Labor of self-hosting: of these deployments and, for a stack, its fixed part. */
  readonly selfHosted: readonly Range[];
  /** Labor of the hosted APIs that the change uses. */
  readonly hostingUsd: (reading: Reading) => Exact;
}

export interface Change {
  readonly deployment: DeploymentEconomics;
  readonly option: OptionName;
}

/**
 * Compares one option of a deployment. The option must have a price. Only the deployment's own
 * labor is included.
 */
export function deploymentContest(deployment: DeploymentEconomics, option: OptionName): Contest {
  const change = { deployment, option };
  return {
    savingIn: (world) => savingOf(change, world),
    changed: option === 'keep' ? [] : [change],
    deployments: [deployment],
    selfHosted: [deployment.labor.selfHosted],
    hostingUsd: (reading) => hostingUsd(change, reading),
  };
}

/**
 * Compares a plan. Picks must have a price. Deployments without a pick are kept. They cost the same
 * on both sides, so only changed ones are computed.
 */
export function planContest(economics: StackEconomics, picks: readonly Pick[]): Contest {
  const { deployments, labor } = economics;
  const changed = changesOf(inPlan(economics, picks).deployments, picks);
  const isHosted = fixedParts(economics, picks).hosted;
  return {
    savingIn: (world) =>
      sum([fixedSaving(economics, picks, world), ...changed.map((each) => savingOf(each, world))]),
    changed,
    deployments,
    selfHosted: [labor.selfHosted, ...deployments.map((each) => each.labor.selfHosted)],
    hostingUsd: (reading) =>
      sum([
        isHosted ? reading(labor.hosted) : ZERO,
        ...changed.map((change) => hostingUsd(change, reading)),
      ]),
  };
}

function changesOf(deployments: readonly DeploymentEconomics[], picks: readonly Pick[]): Change[] {
  const choices = new Map(picks.map(({ deployment, choice }) => [deployment, choice]));
  return deployments.flatMap((deployment) => {
    const option = choices.get(deployment.id) ?? 'keep';
    return option === 'keep' ? [] : [{ deployment, option }];
  });
}

/**
 * Saving of the stack's fixed labor: self-hosted labor is saved if nothing stays, hosted labor is
 * added if anything is hosted.
 */
function fixedSaving(economics: StackEconomics, picks: readonly Pick[], world: World): Exact {
  const [kept, planned] = [fixedParts(economics, []), fixedParts(economics, picks)];
  const { selfHosted, hosted } = economics.labor;
  return subtract(
    kept.selfHosted && !planned.selfHosted ? world.selfHosted(selfHosted) : ZERO,
    planned.hosted ? world.hosted(hosted) : ZERO,
  );
}

function savingOf({ deployment, option }: Change, world: World): Exact {
  const keep = pricedOption(deployment, 'keep', world).usd;
  return subtract(keep, pricedOption(deployment, option, world).usd);
}

function hostingUsd({ deployment, option }: Change, reading: Reading): Exact {
  return multiply(reading(deployment.labor.hosted), laborShares(deployment, option).hosted);
}
