/**
 * Knows the verdict on the whole stack: the best plan over all deployments, and whether it can be
 * advised.
 */

import { add, compare, type Exact, subtract, ZERO } from '../domain/exact.ts';
import { type Assumptions, type Choice, pricedOption } from '../economics/options.ts';
import { AT_BASE } from '../economics/options.ts';
import { bestPlan, type Pick as Picked, type Plan, planUsd } from '../economics/plan.ts';
import type { StackEconomics } from '../economics/result.ts';
import type { Verdict } from './audit.ts';
import { mustStay } from './deploymentVerdict.ts';
import { smallness } from './materiality.ts';
import type { Policy } from './policy.ts';
import { doubtText, firstDoubt } from './steadiness.ts';
import { dollars } from './words.ts';

export interface StackTerms {
  readonly policy: Policy;
  readonly missing: readonly string[];
  /**
   * Deployments without enough evidence: kept in the plan, unless the whole stack lacks evidence.
   */
  readonly weak: ReadonlySet<string>;
}

export interface StackJudged {
  readonly verdict: Verdict;
  readonly savingUsd: Exact;
  readonly keepUsd: Exact;
  readonly plan: Plan;
  readonly requiredUsd?: Exact;
  readonly reasons: readonly string[];
}

export function judgeStack(economics: StackEconomics, terms: StackTerms): StackJudged {
  const required = economics.deployments.filter(mustStay).map(({ id }) => id);
  const undecided = terms.missing.length > 0 ? [] : [...terms.weak];
  const plan = bestPlan(economics, { kept: new Set([...required, ...undecided]) });
  const keepUsd = planUsd(economics, allKept(economics), AT_BASE);
  const savingUsd = subtract(keepUsd, plan.usd);
  const free = bestPlan(economics, { kept: new Set(undecided) });
  const requiredUsd = subtract(plan.usd, free.usd);
  const judged = {
    savingUsd,
    keepUsd,
    plan,
    ...(required.length === 0 ? {} : { requiredUsd }),
  };
  const price = required.length === 0 ? [] : requiredReasons(requiredUsd);
  if (terms.missing.length > 0) {
    return { ...judged, verdict: 'not enough evidence', reasons: [...terms.missing, ...price] };
  }
  const change = dominantChange(economics, plan);
  if (change === undefined) {
    const allRequired = required.length === economics.deployments.length;
    const reasons = [`Keeping everything is the cheapest plan, at ${dollars(keepUsd)}.`, ...price];
    return { ...judged, verdict: allRequired ? 'keep (required)' : 'keep', reasons };
  }
  const doubts = doubtsOf(economics, judged, terms.policy);
  const verdict = doubts.length > 0 ? 'too close to call' : change;
  return { ...judged, verdict, reasons: [...doubts, planReason(judged), ...price] };
}

function allKept({ deployments }: StackEconomics): Picked[] {
  return deployments.map(({ id }) => ({ deployment: id, choice: 'keep' }));
}

function requiredReasons(usd: Exact): string[] {
  return [
    usd.num > 0n
      ? `Keeping what must stay costs ${dollars(usd)} over the best plan without that wish.`
      : 'What must stay costs nothing: the best plan keeps it too.',
  ];
}

/** The change that brings the largest saving in the plan; `undefined` where everything is kept. */
function dominantChange(economics: StackEconomics, { picks }: Plan): Choice | undefined {
  const savings = new Map<Choice, Exact>();
  for (const { deployment, choice } of picks) {
    const weighed = economics.deployments.find(({ id }) => id === deployment);
    if (choice === 'keep' || weighed === undefined) continue;
    const keep = pricedOption(weighed, 'keep').usd;
    const saving = subtract(keep, pricedOption(weighed, choice).usd);
    savings.set(choice, add(savings.get(choice) ?? ZERO, saving));
  }
  return [...savings].sort(([a, x], [b, y]) => compare(y, x) || (a < b ? -1 : 1))[0]?.[0];
}

function doubtsOf(
  economics: StackEconomics,
  { plan, keepUsd, savingUsd }: Pick<StackJudged, 'plan' | 'keepUsd' | 'savingUsd'>,
  policy: Policy,
): string[] {
  const kept = allKept(economics);
  const saving = (at: Assumptions) =>
    subtract(planUsd(economics, kept, at), planUsd(economics, plan.picks, at));
  const doubt = firstDoubt(saving);
  const small = smallness(savingUsd, keepUsd, policy);
  return [
    ...(doubt === undefined ? [] : [doubtText(doubt)]),
    ...(small === undefined ? [] : [small]),
  ];
}

function planReason({
  plan,
  keepUsd,
  savingUsd,
}: Omit<StackJudged, 'verdict' | 'reasons'>): string {
  const changed = plan.picks.filter(({ choice }) => choice !== 'keep').length;
  const of = `${changed} of ${plan.picks.length} deployments`;
  return (
    `The best plan changes ${of}: ${dollars(plan.usd)} instead of ${dollars(keepUsd)}, a ` +
    `saving of ${dollars(savingUsd)}.`
  );
}
