/**
 * Compares a change with keeping: its saving under any assumptions, and today's value of each
 * input.
 */

import {
  divide,
  type Exact,
  exact,
  exactInteger,
  multiply,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import type { AssumedRange } from '../../economics/input.ts';
import type { OptionName } from '../../economics/offer.ts';
import {
  type Assumptions,
  laborShares,
  pricedOption,
  type RangeReader,
} from '../../economics/options.ts';
import { fixedParts, type PlanPick } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { stackInPlan } from '../../economics/sharedInPlan.ts';
import { DAY_MS, durationMs } from '../../domain/period.ts';
import { gpuUsdPerHour, sumGpuSpend } from '../../economics/bill/contract.ts';
import { meanHostedPrice } from '../../economics/whatIf/whatIf.ts';

export interface PlanComparison {
  readonly savingIn: (world: Assumptions) => Exact;
  /** Deployments that change, with their new options. */
  readonly changed: readonly PlannedChange[];
  /** The deployments that today's figures are taken from. */
  readonly deployments: readonly DeploymentEconomics[];
  /** Labor of self-hosting: of these deployments and, for a stack, its fixed part. */
  readonly selfHosted: readonly AssumedRange[];
  /** Labor of the hosted APIs that the change uses. */
  readonly hostingUsd: (reading: RangeReader) => Exact;
}

export interface PlannedChange {
  readonly deployment: DeploymentEconomics;
  readonly option: OptionName;
}

/**
 * Compares one option of a deployment. The option must have a price. Only the deployment's own
 * labor is included.
 */
export function compareDeployment(
  deployment: DeploymentEconomics,
  option: OptionName,
): PlanComparison {
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
export function comparePlan(economics: StackEconomics, picks: readonly PlanPick[]): PlanComparison {
  const { deployments, labor } = economics;
  const changed = changesOf(stackInPlan(economics, picks).deployments, picks);
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

function changesOf(
  deployments: readonly DeploymentEconomics[],
  picks: readonly PlanPick[],
): PlannedChange[] {
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
function fixedSaving(
  economics: StackEconomics,
  picks: readonly PlanPick[],
  world: Assumptions,
): Exact {
  const [kept, planned] = [fixedParts(economics, []), fixedParts(economics, picks)];
  const { selfHosted, hosted } = economics.labor;
  return subtract(
    kept.selfHosted && !planned.selfHosted ? world.selfHosted(selfHosted) : ZERO,
    planned.hosted ? world.hosted(hosted) : ZERO,
  );
}

function savingOf({ deployment, option }: PlannedChange, world: Assumptions): Exact {
  const keep = pricedOption(deployment, 'keep', world).usd;
  return subtract(keep, pricedOption(deployment, option, world).usd);
}

function hostingUsd({ deployment, option }: PlannedChange, reading: RangeReader): Exact {
  return multiply(reading(deployment.labor.hosted), laborShares(deployment, option).hosted);
}

/** `undefined` if unknown, or if there is nothing to change. */
export interface CurrentInputs {
  readonly tokensPerDay: Exact;
  readonly utilization: Exact | undefined;
  readonly hostedUsdPerMtok: Exact | undefined;
  readonly gpuUsdPerHour: Exact | undefined;
  readonly opsHours: Exact | undefined;
  readonly cacheShare: Exact | undefined;
}

/**
 * Ratios divide sums of dollars, tokens and hours. The worked example has 93,600,000 tokens a day,
 * a utilization of 0.361111 and a hosted price of $0.136271 per million tokens. Its GPU rate is
 * $1.50 an hour, with 3 hours of labor and a cache share of 0.5.
 */
export function computeCurrentInputs(
  { deployments, selfHosted }: PlanComparison,
  economics: StackEconomics,
): CurrentInputs {
  const { window, laborUsdPerHour } = economics;
  const tokens = exactInteger(total(deployments));
  const days = exact(BigInt(durationMs(window)), BigInt(DAY_MS));
  return {
    tokensPerDay: divide(tokens, days),
    utilization: utilizationOf(deployments),
    hostedUsdPerMtok: meanHostedPrice(deployments),
    gpuUsdPerHour: gpuUsdPerHour(sumGpuSpend(deployments)),
    opsHours: ratio(sum(selfHosted.map(({ base }) => base)), laborUsdPerHour),
    cacheShare: deployments[0]?.cacheRealization.base,
  };
}

/** Tokens over the capacity of all replicas. `undefined` if one capacity is unknown. */
function utilizationOf(deployments: readonly DeploymentEconomics[]): Exact | undefined {
  const [only, ...others] = deployments;
  if (others.length === 0) return only?.utilization;
  if (deployments.some(({ capacity }) => capacity === undefined)) return undefined;
  const capacities = deployments.flatMap(({ capacity, time }) =>
    capacity === undefined
      ? []
      : [multiply(capacity.tokensPerSecond, exact(time.coveredNs, NS_IN_SECOND))],
  );
  return ratio(exactInteger(total(deployments)), sum(capacities));
}

const NS_IN_SECOND = 1_000_000_000n;
function total(deployments: readonly DeploymentEconomics[]): number {
  return deployments.reduce((all, { served }) => all + served.tokens, 0);
}

function ratio(part: Exact, whole: Exact): Exact | undefined {
  return whole.num <= 0n ? undefined : divide(part, whole);
}
