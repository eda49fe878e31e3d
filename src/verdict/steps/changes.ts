/**
 * Builds the steps with a saving: one per changed deployment, and those for fixed engineering time.
 */

import { decimal, isZero, negate } from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import { dayStartMs, dayText } from '../../domain/period.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { Choice } from '../../economics/offer.ts';
import { unusedByPlan } from '../../economics/bill/ended.ts';
import { pricedOption } from '../../economics/options.ts';
import { fixedParts, type PlanPick as Picked } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { stackInPlan } from '../../economics/together.ts';
import { sharedSpendSaved } from '../document/documentStackOptions.ts';
import { type MicroUsd, toMicroUsd, microUsdText, roundTogether } from '../document/printed.ts';
import { toChangeDetail } from './deeds.ts';
import type { FoundStep, StepTerms } from './stepTerms.ts';

interface Step extends Pick<FoundStep, 'deployment' | 'action' | 'detail' | 'owner'> {
  readonly saving: MicroUsd;
  /** Due day, as its midnight UTC. */
  readonly byMs: number;
}

export function changeSteps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
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
function changeByMs(economics: StackEconomics, pick: Picked, { acting }: StepTerms): number {
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
