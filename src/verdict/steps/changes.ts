/** The steps with dollars: one for each deployment that changes, and what exists once. */

import { decimal, isZero, negate } from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { Choice } from '../../economics/offer.ts';
import { pricedOption } from '../../economics/options.ts';
import { fixedParts } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { inPlan } from '../../economics/together.ts';
import { sparedOf } from '../document/documentStackOptions.ts';
import { type MicroUsd, micro, microText, roundTogether } from '../document/printed.ts';
import { deed } from './deeds.ts';
import type { FoundStep, StepTerms } from './stepTerms.ts';

interface Step extends Pick<FoundStep, 'deployment' | 'action' | 'detail'> {
  readonly saving: MicroUsd;
}

export function changeSteps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
  const together = inPlan(economics, terms.plan.picks).deployments;
  const own = terms.plan.picks.flatMap(({ deployment, choice }): Step[] => {
    const at = economics.deployments.findIndex(({ id }) => id === deployment);
    const [found, changed] = [economics.deployments[at], together[at]];
    if (choice === 'keep' || found === undefined || changed === undefined) return [];
    const spared = sparedOf(found, pricedOption(changed, choice), choice) ?? {};
    const saving = ownSaving(deployment, choice, terms) + sumWhole(Object.values(spared));
    const decided = terms.deployments.find(({ id }) => id === deployment)?.decided;
    const detail = deed(found, choice, decided);
    return [{ deployment, action: choice, detail, saving }];
  });
  if (own.length === 0) return [];
  return [...own, ...fixedSteps(economics, terms, own)]
    .toSorted((a, b) => Number(b.saving - a.saving))
    .map(({ saving, ...step }) => ({ ...step, savingUsd: microText(saving), by: null }));
}

/** As it is printed beside the option, which is the option alone. */
function ownSaving(id: string, choice: Choice, { printed }: StepTerms): MicroUsd {
  const options = printed.find((each) => each.id === id)?.options ?? [];
  const saving = options.find(({ option }) => option === choice)?.savingUsd ?? undefined;
  invariant(saving !== undefined, `an option that was picked is not printed: ${choice} of ${id}`);
  return micro(decimal(saving));
}

/** Parts of people's time that exist once; they take up what the deployments leave of the whole. */
function fixedSteps(
  economics: StackEconomics,
  { plan, stack }: StepTerms,
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
  const ownSum = sumWhole(own.map(({ saving }) => saving));
  const rounded =
    stack.savingUsd === null
      ? exactly.map(micro)
      : roundTogether(exactly, micro(decimal(stack.savingUsd)) - ownSum);
  return found.map(({ action }, at) => {
    return { deployment: null, action, detail: { code: action }, saving: rounded[at] ?? 0n };
  });
}
