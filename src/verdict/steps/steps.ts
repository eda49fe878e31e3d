/** Builds the list of steps: changes with their savings first, then the others. */

import { compare, decimal, isZero, negate, toDecimal, sumWhole } from '../../domain/exact.ts';
import { dayStartMs, dayText } from '../../domain/period.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import {
  contractSteps,
  evidenceSteps,
  renegotiateSteps,
  waiverSteps,
  ZERO_USD,
} from './actionSteps.ts';
import type { FoundStep, StepTerms } from './stepTerms.ts';
import { invariant } from '../../domain/failure.ts';
import type { Choice, OfferDetail } from '../../economics/offer.ts';
import { unusedByPlan } from '../../economics/scenarios.ts';
import { findOffer, pricedOption } from '../../economics/options.ts';
import { fixedParts, type PlanPick } from '../../economics/plan.ts';
import { stackInPlan } from '../../economics/sharedInPlan.ts';
import { sharedSpendSaved } from '../document/documentStackOptions.ts';
import { type MicroUsd, microUsdText, roundTogether, toMicroUsd } from '../document/printed.ts';
import { usdText } from '../../domain/money.ts';
import type { Decided } from '../judge/deploymentOutcome.ts';
import { toWeekHours } from '../weekHours.ts';
import type { ChangeDetail } from './step.ts';

/**
 * Sorts by saving, then by stake, largest first. The steps' savings sum to the plan's printed
 * saving, to the millionth of a dollar. $30,000 for a dropped deployment and -$2,000 for the setup
 * of hosted APIs are $28,000. There is always at least one step.
 */
export function buildSteps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
  const changes = changeSteps(economics, terms);
  const others = [
    ...renegotiateSteps(economics, terms),
    ...contractSteps(economics, terms),
    ...waiverSteps(economics, terms),
    ...evidenceSteps(terms),
  ].toSorted(byStake);
  const found = [...changes, ...others];
  const isKept = changes.length === 0 && terms.stack.verdict !== 'not enough evidence';
  return isKept || found.length === 0 ? [...found, reviewStep(terms)] : found;
}

/** Unknown stakes come last. Equal stakes keep their order. */
function byStake({ stakeUsd: a }: FoundStep, { stakeUsd: b }: FoundStep): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(decimal(b), decimal(a));
}

/** If nothing changes, the next report reviews the decision. */
function reviewStep({ stack, acting: { review, owner } }: StepTerms): FoundStep {
  const { verdict, spendUsd } = stack;
  return {
    deployment: null,
    action: 'review',
    detail: { code: 'review', verdict, quarter: review.quarter },
    owner: owner ?? null,
    savingUsd: ZERO_USD,
    stakeUsd: spendUsd,
    by: dayText(review.dayMs),
    missed: null,
  };
}

interface Step extends Pick<FoundStep, 'deployment' | 'action' | 'detail' | 'owner'> {
  readonly saving: MicroUsd;
  /** Due day, as its midnight UTC. */
  readonly byMs: number;
}

function changeSteps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
  const together = stackInPlan(economics, terms.plan.picks).deployments;
  const own = terms.plan.picks.flatMap(({ deployment, choice }): Step[] => {
    const at = economics.deployments.findIndex(({ id }) => id === deployment);
    const [found, changed] = [economics.deployments[at], together[at]];
    if (choice === 'keep' || found === undefined || changed === undefined) return [];
    const spared = sharedSpendSaved(found, pricedOption(changed, choice), choice) ?? {};
    const saving = ownSaving(deployment, choice, terms) + sumWhole(Object.values(spared));
    const decided = terms.deployments.find(({ id }) => id === deployment)?.decided;
    const detail = toChangeDetail(found, choice, decided);
    const { acting } = terms;
    const owner = acting.owners.get(deployment) ?? acting.owner ?? null;
    const byMs = changeByMs(economics, { deployment, choice }, terms);
    return [{ deployment, action: choice, detail, owner, saving, byMs }];
  });
  if (own.length === 0) return [];
  return [...own, ...fixedSteps(economics, terms, own)]
    .toSorted((a, b) => Number(b.saving - a.saving))
    .map(({ saving, byMs, ...step }) => {
      const printed = { savingUsd: microUsdText(saving), stakeUsd: null, by: dayText(byMs) };
      return { ...step, ...printed, missed: null };
    });
}

/** The due day: in time to give notice of any commitment that the change leaves partly unused. */
function changeByMs(economics: StackEconomics, pick: PlanPick, { acting }: StepTerms): number {
  const notices = economics.commitments
    .filter((each) => unusedByPlan(each, economics, [pick]).num > 0n)
    .flatMap(({ noticeByMs }) => (noticeByMs === undefined ? [] : dayStartMs(noticeByMs - 1)))
    .filter((dayMs) => dayMs >= acting.todayMs);
  return Math.min(acting.actByMs, ...notices);
}

/** The option's own saving, as printed. */
function ownSaving(id: string, choice: Choice, { printed }: StepTerms): MicroUsd {
  const options = printed.find((each) => each.id === id)?.options ?? [];
  const saving = options.find(({ option }) => option === choice)?.savingUsd ?? undefined;
  invariant(saving !== undefined, `an option that was picked is not printed: ${choice} of ${id}`);
  return toMicroUsd(decimal(saving));
}

/**
 * Steps for the fixed engineering time. They take the rounding remainder of the plan's printed
 * saving. Access to hosted APIs is needed before the first change. Operations stop after the last
 * deployment leaves.
 */
function fixedSteps(
  economics: StackEconomics,
  { plan, stack, acting }: StepTerms,
  own: readonly Step[],
): Step[] {
  const { selfHosted, hosted } = economics.labor;
  const parts = fixedParts(economics, plan.picks);
  const found = [
    { action: 'stop-operations' as const, usd: selfHosted.base },
    { action: 'start-hosting' as const, usd: negate(hosted.base) },
  ].filter(({ action, usd }) => {
    const isDue = action === 'start-hosting' ? parts.hosted : !parts.selfHosted;
    return isDue && !isZero(usd);
  });
  const exactly = found.map(({ usd }) => usd);
  const days = own.map(({ byMs }) => byMs);
  const ownSum = sumWhole(own.map(({ saving }) => saving));
  const rounded =
    stack.savingUsd === null
      ? exactly.map(toMicroUsd)
      : roundTogether(exactly, toMicroUsd(decimal(stack.savingUsd)) - ownSum);
  return found.map(({ action }, at) => {
    const byMs = action === 'start-hosting' ? Math.min(...days) : Math.max(...days);
    const step = { deployment: null, action, detail: { code: action } };
    const owner = acting.owner ?? null;
    return { ...step, owner, saving: rounded[at] ?? 0n, byMs };
  });
}

export type ChangeChoice = Exclude<Choice, 'keep'>;

/** Builds the detail. Without a decision, the deployment's own verdict is unknown and left out. */
export function toChangeDetail(
  deployment: DeploymentEconomics,
  choice: ChangeChoice,
  decided: Decided | undefined,
): ChangeDetail {
  const detail = findOffer(deployment, choice)?.detail ?? {};
  const whose = { deployment: deployment.id, ...aloneOf(decided) };
  switch (choice) {
    case 'delete':
      return { code: choice, ...whose, ...hostOf(deployment) };
    case 'hybrid': {
      const { replicas } = detail;
      const kept = replicas === undefined ? {} : { replicas };
      return { code: choice, ...whose, ...kept, ...hostOf(deployment) };
    }
    case 'right-size':
      return { code: choice, ...whose, ...rightSizing(detail) };
    case 'move':
      return { code: choice, ...whose, ...placeOf(detail) };
    case 'bring-back': {
      const { extraReplicaHours: more } = detail;
      const hours = more === undefined ? {} : { extraReplicaHours: toDecimal(more, 6) };
      return { code: choice, ...whose, ...hours };
    }
    case 'serverless':
      return { code: choice, ...whose, ...workOf(detail) };
  }
}

/** The own verdict, only if it does not advise the change itself. */
function aloneOf(decided: Decided | undefined): Pick<ChangeDetail, 'alone'> {
  return decided?.because === 'with-the-plan' ? { alone: decided.alone } : {};
}

function hostOf({ hosted: { chosen } }: DeploymentEconomics) {
  return chosen === undefined ? {} : { host: chosen.host, source: chosen.sourceId };
}

function rightSizing({ hoursOff = 0, mostReplicas, weekOff }: OfferDetail) {
  return {
    hoursOff,
    ...(mostReplicas === undefined ? {} : { mostReplicas }),
    ...(weekOff === undefined ? {} : { weekOff: toWeekHours(weekOff) }),
  };
}

function placeOf({ provider, usdPerGpuHour, ownUsdPerGpuHour }: OfferDetail) {
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(usdPerGpuHour === undefined ? {} : { usdPerGpuHour: usdText(usdPerGpuHour) }),
    ...(ownUsdPerGpuHour === undefined ? {} : { ownUsdPerGpuHour: usdText(ownUsdPerGpuHour) }),
  };
}

function workOf({ starts, workerHours }: OfferDetail) {
  return {
    ...(starts === undefined ? {} : { starts }),
    ...(workerHours === undefined ? {} : { workerHours: toDecimal(workerHours, 6) }),
  };
}
