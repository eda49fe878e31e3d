/**
 * Builds the decision on the stack: judged plan, decided plan, reasons, with labor and without it.
 */

import type { StackEconomics } from '../../economics/result.ts';
import type { Confidence, StackDecision, WholePlan } from '../decision.ts';
import { contractEnds } from '../outlook/contractEnds.ts';
import type { RangeUsd, Reason } from '../reason.ts';
import { unbilledReasons, undecidedDeployments } from './evidence.ts';
import type { DecisionSide, DecisionTerms } from './decisionSide.ts';
import { alternativePicks, fixedDeployments, type StackPlan, toPlanInput } from './stackPlan.ts';
import { lastConclusiveVerdict } from './previousVerdict.ts';
import { compare, exact, sum, ZERO } from '../../domain/exact.ts';
import type { Verdict } from '../auditWord.ts';
import type { AssumedRange } from '../../economics/input.ts';
import { usdText } from '../../domain/money.ts';
import { type Choice, CHOICES } from '../../economics/offer.ts';
import { findOffer } from '../../economics/options.ts';
import { type Plan, type PlanPick, planUsd } from '../../economics/plan.ts';
import type { StackSimulation } from '../simulation/types.ts';
import { mustStay } from './deploymentVerdict.ts';

export interface DecisionSides {
  readonly full: DecisionSide;
  readonly bare: DecisionSide;
}

export function decideStack(
  economics: StackEconomics,
  { full, bare }: DecisionSides,
  { policy, evidence, odds, standings, notes }: DecisionTerms,
): StackDecision {
  const verdicts = { withLabor: full.stack.verdict, withoutLabor: bare.stack.verdict };
  const standing = lastConclusiveVerdict(full.stack.verdict, standings.stack);
  const undecided = undecidedDeployments(evidence);
  const fixed = fixedDeployments(economics, undecided);
  const isOpen = full.stack.verdict === 'not enough evidence';
  return {
    ...full.stack,
    ...full.planned,
    decided: full.decided,
    ...(full.simulated === undefined
      ? {}
      : { odds: full.simulated.withLabor, next: full.simulated.next }),
    wholes: computeWholePlans(economics, odds),
    fixed,
    contractEnds: isOpen ? [] : contractEnds(economics, { kept: fixed, policy }),
    contested: alternativePicks(economics, full.planned, undecided),
    withoutLabor: {
      verdict: bare.stack.verdict,
      savingUsd: bare.planned.savingUsd,
      ...(bare.simulated === undefined ? {} : { odds: bare.simulated.withoutLabor }),
    },
    ...(standing === undefined ? {} : { standing }),
    confidence: rateConfidence(economics, verdicts, evidence.weak),
    laborBasis: economics.labor.basis,
    reasons: [
      ...full.stack.reasons,
      ...unbilledReasons(economics, full.stack.verdict),
      ...migrationReasons(economics, full.planned),
      ...laborReasons(economics),
      ...economics.warnings,
      ...notes,
    ],
    missing: evidence.forStack,
    draws: policy.draws,
  };
}

/** Migration without stated hours counts as $0, which is an assumption to report. */
function migrationReasons({ isMigrationStated }: StackEconomics, { plan }: StackPlan): Reason[] {
  const isKept = plan.picks.every(({ choice }) => choice === 'keep');
  return isMigrationStated || isKept ? [] : [{ code: 'migration-unstated' }];
}

const WELL_COVERED = exact(98n, 100n);
const FEW_UNATTRIBUTED = exact(2n, 100n);

/**
 * `none` without a verdict. `low` if the verdict is open, or changes when labor is left out. `high`
 * if usage covers 98% of the paid time, at most 2% of the spend is unattributed and every
 * deployment has evidence. Otherwise `medium`.
 */
function rateConfidence(
  economics: StackEconomics,
  verdicts: { readonly withLabor: Verdict; readonly withoutLabor: Verdict },
  weak: ReadonlySet<string>,
): Confidence {
  const { withLabor, withoutLabor } = verdicts;
  if (withLabor === 'not enough evidence') return 'none';
  if (isOpen(withLabor) || withLabor !== withoutLabor) return 'low';
  const isCovered = compare(economics.coverage ?? ZERO, WELL_COVERED) >= 0;
  const isAttributed = compare(economics.bill.unattributedShare ?? ZERO, FEW_UNATTRIBUTED) <= 0;
  return isCovered && isAttributed && weak.size === 0 ? 'high' : 'medium';
}

function isOpen(verdict: Verdict): boolean {
  return verdict === 'too small to act on' || verdict === 'not certain enough';
}

export function laborReasons({ labor, deployments }: StackEconomics): Reason[] {
  if (deployments.length === 0) return [];
  const own = deployments.map((each) => each.labor.selfHosted);
  if (labor.basis === 'measured') {
    const selfHostedUsd = usdText(sum([labor.selfHosted, ...own].map(({ base }) => base)));
    const onceUsd = usdText(labor.selfHosted.base);
    return [{ code: 'labor-measured', selfHostedUsd, onceUsd }];
  }
  const [once, each] = [rangeOf(labor.selfHosted), rangeOf(together(own))];
  return [{ code: 'labor-assumed', once, own: each }];
}

function together(ranges: readonly AssumedRange[]): AssumedRange {
  return {
    low: sum(ranges.map(({ low }) => low)),
    base: sum(ranges.map(({ base }) => base)),
    high: sum(ranges.map(({ high }) => high)),
  };
}

function rangeOf({ low, base, high }: AssumedRange): RangeUsd {
  return { lowUsd: usdText(low), baseUsd: usdText(base), highUsd: usdText(high) };
}

/**
 * One plan for each option that any deployment can take. A plan keeps deployments that must stay or
 * have no price for the option. The plan for `delete` answers "what if we deleted everything".
 */
function computeWholePlans(economics: StackEconomics, odds: StackSimulation): WholePlan[] {
  return CHOICES.flatMap((choice) => {
    const picks = economics.deployments.map((each): PlanPick => {
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
  readonly picks: readonly PlanPick[];
  readonly odds: StackSimulation;
}

function wholePlan(economics: StackEconomics, { choice, picks, odds }: Whole): WholePlan {
  const plan: Plan = { usd: planUsd(economics, picks), picks };
  const drawn = odds.simulatePlan(toPlanInput(economics, { plan }))?.withLabor;
  const isKeep = choice === 'keep';
  return { option: choice, plan, ...(isKeep || drawn === undefined ? {} : { odds: drawn }) };
}
