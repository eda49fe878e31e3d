/** Judges the whole stack: the best plan over all deployments, and whether it can be advised. */

import {
  add,
  compare,
  divide,
  type Exact,
  smaller,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import { CHOICES, type Choice } from '../../economics/offer.ts';
import {
  BASE_ASSUMPTIONS,
  findOffer,
  pricedOption,
  readRangeEnd,
  type Assumptions,
} from '../../economics/options.ts';
import { type PlanPick, type Plan, planUsd } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { stackInPlan } from '../../economics/sharedInPlan.ts';
import type { Verdict } from '../auditWord.ts';
import type { SimulatedSaving } from '../simulation/types.ts';
import { sixPlaces, type RatioText } from '../../domain/figures.ts';
import { usdText } from '../../domain/money.ts';
import type { Policy } from '../policy.ts';
import type { Doubt, Missing, Objection, Reason } from '../reason.ts';
import { findObjections, firstDoubt, openVerdict } from './advice.ts';
import { isGpuSpendKnown, optionSaving } from './deploymentReasons.ts';
import { comparePlan } from '../sensitivity/planComparison.ts';
import { mustStay } from './deploymentVerdict.ts';
import { keepAllPicks, type StackPlan } from './stackPlan.ts';
import { reversalObjection, type PreviousVerdict } from './previousVerdict.ts';

export interface StackTerms {
  readonly policy: Policy;
  readonly missing: readonly Missing[];
  readonly planned: StackPlan;
  readonly odds: SimulatedSaving | undefined;
  readonly standing: PreviousVerdict;
  /** The best plan, if another one is judged because the best is not certain enough. */
  readonly passedOver?: StackPlan;
}

export interface StackOwnVerdict {
  readonly verdict: Verdict;
  readonly hangsOn?: Doubt;
  readonly leaning?: Verdict;
  readonly reasons: readonly Reason[];
}

export function judgeStack(economics: StackEconomics, terms: StackTerms): StackOwnVerdict {
  const { planned, missing } = terms;
  const price = requiredReasons(economics, planned.requiredUsd);
  if (missing.length > 0) {
    const known = economics.deployments.every(isGpuSpendKnown) ? price : [];
    return { verdict: 'not enough evidence', reasons: [...missing, ...known] };
  }
  const change = dominantChange(economics, planned.plan);
  const hangsOn = change === undefined ? undefined : hangingOn(economics, planned);
  const answer =
    change === undefined
      ? judgeKeeping(economics, terms)
      : judgeChange(economics, change, { ...terms, hangsOn });
  const doubt = hangsOn === undefined ? {} : { hangsOn };
  return { ...doubt, ...answer, reasons: [...answer.reasons, ...price] };
}

function judgeKeeping(economics: StackEconomics, terms: StackTerms): StackOwnVerdict {
  const { keepUsd } = terms.planned;
  const reasons: Reason[] = [{ code: 'keep-all', keepUsd: usdText(keepUsd) }];
  if (economics.deployments.every(mustStay)) return { verdict: 'keep (required)', reasons };
  const reversal = reversalOf(economics, 'keep', terms);
  return reversal === undefined ? { verdict: 'keep', reasons } : waiting('keep', reversal, reasons);
}

/** The open verdict of a reversal that saves too little and must hold for another quarter. */
function waiting(
  leaning: Choice,
  reversal: Objection,
  reasons: readonly Reason[],
): StackOwnVerdict {
  return { verdict: openVerdict([reversal]), leaning, reasons: [reversal, ...reasons] };
}

function judgeChange(
  economics: StackEconomics,
  change: Choice,
  terms: StackTerms & { readonly hangsOn: Doubt | undefined },
): StackOwnVerdict {
  const { planned, odds, policy, hangsOn } = terms;
  const objections = findObjections({ ...planned, odds }, policy);
  const hangs = hangsOn === undefined ? [] : [hangsOn];
  const why = [...hangs, ...objections, planReason(terms)];
  if (objections.length > 0) return { verdict: openVerdict(objections), reasons: why };
  const reversal = reversalOf(economics, change, terms);
  return reversal === undefined
    ? { verdict: change, reasons: why }
    : waiting(change, reversal, why);
}

function reversalOf(economics: StackEconomics, to: Choice, terms: StackTerms) {
  const { standing, policy, planned } = terms;
  const previousChoice = CHOICES.find((choice) => choice === standing.verdict);
  const standingUsd = previousChoice && standingPlanUsd(economics, previousChoice);
  const reversal = { to, standingUsd, usd: planned.plan.usd };
  return reversalObjection(reversal, standing, policy.reversalSavingShare);
}

/**
 * The lowest current cost of the previous verdict: applied to at least one deployment, and to each
 * other one if it is cheaper there. `undefined` if no deployment can take it.
 */
function standingPlanUsd(economics: StackEconomics, previousChoice: Choice): Exact | undefined {
  const open = economics.deployments.filter(
    (each) => !mustStay(each) && findOffer(each, previousChoice) !== undefined,
  );
  const cheaper = open.filter(
    (each) => optionSaving(each, previousChoice, BASE_ASSUMPTIONS).num > 0n,
  );
  const somewhere = open.map((each) => new Set([each, ...cheaper]));
  const plans = [...somewhere, new Set(open)].filter(({ size }) => size > 0);
  return plans
    .map((made) =>
      planUsd(
        economics,
        [...made].map(({ id }) => pickOf(id, previousChoice)),
      ),
    )
    .reduce<Exact | undefined>((least, usd) => (least ? smaller(least, usd) : usd), undefined);
}

function pickOf(deployment: string, choice: Choice): PlanPick {
  return { deployment, choice };
}

function requiredReasons(economics: StackEconomics, usd: Exact | undefined): Reason[] {
  if (usd === undefined) return [];
  if (usd.num <= 0n) return [{ code: 'required-free' }];
  const deployments = economics.deployments.filter(mustStay).map(({ id }) => id);
  return [{ code: 'required-cost', costUsd: usdText(usd), deployments }];
}

/** The option with the largest saving in the plan. `undefined` if everything is kept. */
function dominantChange(economics: StackEconomics, { picks }: Plan): Choice | undefined {
  const savings = new Map<Choice, Exact>();
  const together = stackInPlan(economics, picks).deployments;
  for (const { deployment, choice } of picks) {
    const weighed = together.find(({ id }) => id === deployment);
    if (choice === 'keep' || weighed === undefined) continue;
    const keep = pricedOption(weighed, 'keep').usd;
    const saving = subtract(keep, pricedOption(weighed, choice).usd);
    savings.set(choice, add(savings.get(choice) ?? ZERO, saving));
  }
  return [...savings].sort(([a, x], [b, y]) => compare(y, x) || (a < b ? -1 : 1))[0]?.[0];
}

function hangingOn(economics: StackEconomics, { plan }: StackPlan): Doubt | undefined {
  const kept = keepAllPicks(economics);
  const saving = (world: Assumptions) =>
    subtract(planUsd(economics, kept, world), planUsd(economics, plan.picks, world));
  const doubt = firstDoubt(saving);
  if (doubt === undefined) return undefined;
  const hours = hoursAt(economics, doubt, plan.picks);
  return hours === undefined ? doubt : { ...doubt, hours };
}

/** Engineering hours at the end of the doubt: of keeping everything, or of the plan's hosting. */
function hoursAt(
  economics: StackEconomics,
  { assumption, end }: Doubt,
  picks: readonly PlanPick[],
): RatioText | undefined {
  const { laborUsdPerHour: rate } = economics;
  if (end === 'worst' || rate.num <= 0n) return undefined;
  const { selfHosted, hostingUsd } = comparePlan(economics, picks);
  switch (assumption) {
    case 'self-hosted-labor':
      return sixPlaces(divide(sum(selfHosted.map((range) => range[end])), rate));
    case 'hosting-labor':
      return sixPlaces(divide(hostingUsd(readRangeEnd(end)), rate));
    case 'cache-hits':
    case 'labor-and-cache':
      return undefined;
  }
}

function planReason({ planned, passedOver }: StackTerms): Reason {
  const { plan, keepUsd, savingUsd } = planned;
  const figures = {
    changed: plan.picks.filter(({ choice }) => choice !== 'keep').length,
    deployments: plan.picks.length,
    planUsd: usdText(plan.usd),
    keepUsd: usdText(keepUsd),
    savingUsd: usdText(savingUsd),
  };
  if (passedOver === undefined) return { code: 'best-plan', ...figures };
  return { code: 'advised-plan', ...figures, bestSavingUsd: usdText(passedOver.savingUsd) };
}
