/** Computes what a change saves after the contract that holds it back ends. */

import { compare, type Exact, subtract, sum } from '../../domain/exact.ts';
import {
  type StackAfterContracts,
  unusedByPlan,
  withBestHybrids,
  withoutEndedCommitments,
} from '../../economics/scenarios.ts';
import { BASE_ASSUMPTIONS, pricedOption } from '../../economics/options.ts';
import { bestPlan, type PlanPick, type Plan, planUsd } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { StackCommitment } from '../../economics/stackParts.ts';
import { smallSavingObjection } from '../judge/advice.ts';
import { openChanges } from '../judge/stackPlan.ts';
import type { Policy } from '../policy.ts';

export interface ContractEnd {
  readonly commitment: StackCommitment;
  /** What each deployment held back by it changes to. */
  readonly picks: readonly PlanPick[];
  /** Saving over keeping those deployments, in a window after the contract ends. */
  readonly savingUsd: Exact;
  /** Saving of the same change in the next window, while the contract is in force. */
  readonly todayUsd: Exact;
}

export interface EndTerms {
  /** Deployments that are kept whatever they cost. */
  readonly kept: ReadonlySet<string>;
  readonly policy: Policy;
}

/**
 * Commitments with a different cheapest plan after their end than before, or with unused amounts
 * until then. Earliest end first, those without a stated end last. Savings that are too small to
 * act on are left out. A pod of $6.00 with $6.00 committed for the next window: deleting it for
 * $2.125825 costs $2.125825 more today, and saves $3.874175 after the contract.
 */
export function contractEnds(economics: StackEconomics, terms: EndTerms): ContractEnd[] {
  const open = economics.commitments.filter(({ months }) => months.length > 0);
  return open
    .toSorted((a, b) => endOf(a) - endOf(b))
    .flatMap((commitment) => {
      const found = endingOf(commitment, economics, terms);
      return found === undefined ? [] : [found];
    });
}

/** A rolling contract ends only with notice, so its end is unknown. */
function endOf({ endMs, untilMs }: StackCommitment): number {
  return endMs === undefined ? Infinity : untilMs;
}

function endingOf(
  commitment: StackCommitment,
  economics: StackEconomics,
  terms: EndTerms,
): ContractEnd | undefined {
  const endMs = endOf(commitment);
  const isRolling = endMs === Infinity;
  const before = planAt(economics, terms, (each) => !isRolling && endOf(each) < endMs);
  const after = planAt(economics, terms, (each) =>
    isRolling ? each.at === commitment.at : endOf(each) <= endMs,
  );
  const held = heldBack(commitment, before, after);
  if (held.length === 0) return undefined;
  const ids = new Set(held.map(({ deployment }) => deployment));
  const keeping = after.plan.picks.map((pick): PlanPick => {
    return ids.has(pick.deployment) ? { ...pick, choice: 'keep' } : pick;
  });
  const saving = ({ economics: stack, world }: StackAfterContracts) =>
    subtract(planUsd(stack, keeping, world), planUsd(stack, after.plan.picks, world));
  const [savingUsd, todayUsd] = [saving(after), saving({ economics, world: BASE_ASSUMPTIONS })];
  const kept = after.economics.deployments.filter(({ id }) => ids.has(id));
  const keepUsd = sum(kept.map((each) => pricedOption(each, 'keep', after.world).usd));
  if (compare(savingUsd, todayUsd) <= 0) return undefined;
  if (smallSavingObjection(savingUsd, keepUsd, terms.policy) !== undefined) return undefined;
  return { commitment, picks: held, savingUsd, todayUsd };
}

interface PlannedEnd extends StackAfterContracts {
  readonly plan: Plan;
}

function planAt(
  economics: StackEconomics,
  { kept }: EndTerms,
  isOver: (commitment: StackCommitment) => boolean,
): PlannedEnd {
  const ended = withoutEndedCommitments(economics, isOver);
  const { world } = ended;
  const stack = withBestHybrids(ended.economics, world);
  const open = (deployment: DeploymentEconomics) => openChanges(deployment, world);
  return { economics: stack, world, plan: bestPlan(stack, { kept, world, changes: open }) };
}

/**
 * Deployments that use the commitment and change after it: to another option than before, or to the
 * same one without an unused commitment.
 */
function heldBack(commitment: StackCommitment, before: PlannedEnd, after: PlannedEnd): PlanPick[] {
  const choices = new Map(before.plan.picks.map((pick) => [pick.deployment, pick.choice]));
  return after.plan.picks.filter((pick) => {
    const share = commitment.shares.get(pick.deployment);
    const choice = choices.get(pick.deployment) ?? 'keep';
    if (share === undefined || share.num <= 0n || pick.choice === 'keep') return false;
    if (choice !== pick.choice) return true;
    return unusedByPlan(commitment, before.economics, [pick]).num > 0n;
  });
}
