/**
 * Computes one plan per option for the whole stack: everything kept, everything hosted, and so on.
 */

import { CHOICES, type Choice } from '../../economics/offer.ts';
import { findOffer } from '../../economics/options.ts';
import { type PlanPick as Picked, type Plan, planUsd } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { WholePlan } from '../decision.ts';
import type { StackSimulation } from '../odds/drawn.ts';
import { mustStay } from './deploymentVerdict.ts';
import { toPlanInput } from './stackPlan.ts';

/**
 * One plan for each option that any deployment can take. A plan keeps deployments that must stay or
 * have no price for the option. The plan for `delete` answers "what if we deleted everything".
 */
export function computeWholePlans(economics: StackEconomics, odds: StackSimulation): WholePlan[] {
  return CHOICES.flatMap((choice) => {
    const picks = economics.deployments.map((each): Picked => {
      const canBe = !mustStay(each) && findOffer(each, choice) !== undefined;
      return { deployment: each.id, choice: canBe ? choice : 'keep' };
    });
    return picks.every((pick) => pick.choice !== choice)
      ? []
      : [wholePlan(economics, { choice, picks, odds })];
  });
}

interface Whole {
  readonly choice: Choice;
  readonly picks: readonly Picked[];
  readonly odds: StackSimulation;
}

function wholePlan(economics: StackEconomics, { choice, picks, odds }: Whole): WholePlan {
  const plan: Plan = { usd: planUsd(economics, picks), picks };
  const drawn = odds.simulatePlan(toPlanInput(economics, { plan }))?.withLabor;
  const isKeep = choice === 'keep';
  return { option: choice, plan, ...(isKeep || drawn === undefined ? {} : { odds: drawn }) };
}
