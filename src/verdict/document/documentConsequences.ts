/**
 * Prints an audit's conclusions: break-evens, steps, outlook, backtest, commitments, unattributed
 * spend.
 */

import { decimal, toDecimal, sumWhole } from '../../domain/exact.ts';
import { sumNano, usd } from '../../domain/money.ts';
import { dayStartMs, dayText } from '../../domain/period.ts';
import type { CreditUse } from '../../economics/chargeBook.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type {
  CommitmentUse,
  StackCommitment,
  UnattributedResource,
} from '../../economics/stackParts.ts';
import type { Audit, AuditStack, AuditUnattributed } from '../audit.ts';
import type {
  AuditBacktest,
  AuditCommitment,
  AuditContractEnd,
  AuditCredit,
  AuditOutlook,
  AuditStep,
} from '../auditDecision.ts';
import type { AuditDeployment } from '../auditDeployment.ts';
import { isCompared } from '../comparedSides.ts';
import type { SavingText, Verdict } from '../auditWord.ts';
import type { StackDecision, StackVerdict } from '../decision.ts';
import { type Backtest, backtestIfCompared } from '../backtest/backtest.ts';
import type { SavingInterval, SimulatedSaving } from '../simulation/types.ts';
import { computeOutlook } from '../outlook/outlook.ts';
import { findStackBreakEvens } from '../sensitivity/breakEvens.ts';
import { computeScenarios, savingsAfterContracts } from '../sensitivity/scenarios.ts';
import type { AuditSentences } from './sentences.ts';
import type { FoundStep, StepAssignments } from '../steps/stepTerms.ts';
import { buildSteps } from '../steps/steps.ts';
import {
  printAfterContracts,
  printInputBreakEvens,
  printOutlook,
  printScenarios,
} from './documentSensitivity.ts';
import {
  type MicroUsd,
  microUsdText,
  moneyText,
  printInterval,
  roundTogether,
  toMicroUsd,
} from './printed.ts';
import type { ContractEnd } from '../outlook/contractEnds.ts';

export interface ConsequencesInput {
  readonly economics: StackEconomics;
  readonly verdict: StackVerdict;
  readonly deployments: readonly AuditDeployment[];
  /** Printed saving of the best plan, and the printed decision. */
  readonly savingUsd: SavingText;
  readonly decision: AuditStack['decision'];
  readonly previous: Audit | undefined;
  readonly sentences: AuditSentences;
  /** Printed amounts. */
  readonly spend: MicroUsd;
  readonly unattributed: MicroUsd;
  readonly acting: StepAssignments;
}

export type Consequences = Pick<
  AuditStack,
  | 'flips'
  | 'hangsOn'
  | 'hangsOnDetail'
  | 'leaning'
  | 'standing'
  | 'steps'
  | 'outlook'
  | 'lookBack'
  | 'commitments'
  | 'afterContracts'
  | 'credits'
  | 'unattributed'
  | 'reentryUsd'
  | 'draws'
>;

export function printConsequences(input: ConsequencesInput): Consequences {
  const { economics, verdict, previous } = input;
  const { stack } = verdict;
  const backtest = backtestIfCompared(previous, economics);
  return {
    flips: isCompared(economics)
      ? printInputBreakEvens(findStackBreakEvens(economics, stack.contested), input.sentences)
      : [],
    ...standingOf(stack, input.sentences),
    steps: stepsOf(input),
    outlook: isCompared(economics) ? outlookOf(input) : null,
    lookBack: backtest === undefined ? null : printBacktest(backtest, input.sentences),
    commitments: economics.commitments.map(commitmentOf),
    afterContracts: printContractEnds(stack.contractEnds, input.acting),
    credits: economics.credits.map(creditOf),
    unattributed: unattributedOf(economics, input),
    reentryUsd: moneyText(economics.reentryUsd),
    draws: stack.draws,
  };
}

function standingOf({ hangsOn, leaning, standing }: StackDecision, { reason }: AuditSentences) {
  return {
    hangsOn: hangsOn === undefined ? null : reason(hangsOn),
    hangsOnDetail: hangsOn ?? null,
    leaning: leaning ?? null,
    standing: standing ?? null,
  };
}

function stepsOf(input: ConsequencesInput) {
  const { economics, verdict, deployments, decision, sentences } = input;
  const { decided, missing, fixed, contractEnds } = verdict.stack;
  const found = buildSteps(economics, {
    plan: decided,
    stack: {
      verdict: verdict.stack.verdict,
      savingUsd: decision?.savingUsd ?? null,
      spendUsd: microUsdText(input.spend),
      missing,
      fixed,
    },
    deployments: verdict.deployments,
    printed: deployments,
    contractEnds,
    acting: input.acting,
  });
  return printSteps(found, sentences);
}

/** Verdicts without a day on which they would turn. */
const FIXED_VERDICTS: ReadonlySet<Verdict> = new Set(['keep (required)', 'not enough evidence']);

function outlookOf({ economics, verdict, savingUsd, sentences }: ConsequencesInput): AuditOutlook {
  const { plan, fixed, odds, next } = verdict.stack;
  const fixedDeployments = verdict.deployments.filter((each) => FIXED_VERDICTS.has(each.verdict));
  const kept = new Set(fixedDeployments.map(({ id }) => id));
  const terms = { picks: plan.picks, kept: fixed };
  return printOutlook(computeOutlook(economics, { plan, kept }), {
    asLast: savingUsd,
    nextQuarter: odds && next ? printNext(next, odds, savingUsd.base) : null,
    scenarios: printScenarios(computeScenarios(economics, terms), sentences),
    afterContracts: printAfterContracts(savingsAfterContracts(economics, terms)),
  });
}

function printNext(next: SavingInterval, odds: SimulatedSaving, base: SavingText['base']) {
  return base === null ? null : printInterval(next, { odds, saving: toMicroUsd(decimal(base)) });
}

/** Maximum number of listed resources. A longer list cannot sensibly be pasted one by one. */
const MOST_UNATTRIBUTED = 50;

function unattributedOf(
  { unclaimed }: StackEconomics,
  { unattributed: whole, sentences }: Pick<ConsequencesInput, 'unattributed' | 'sentences'>,
): AuditUnattributed[] {
  const listed = unclaimed.slice(0, MOST_UNATTRIBUTED);
  const others = unclaimed.slice(MOST_UNATTRIBUTED).map(({ nanoUsd }) => nanoUsd);
  const amounts = [...listed.map(({ nanoUsd }) => nanoUsd), sumNano(others)];
  const parts = roundTogether(amounts.map(usd), whole);
  const rest = {
    source: null,
    resource: null,
    name: null,
    resources: others.length,
    usd: microUsdText(parts.at(-1) ?? 0n),
    match: null,
  };
  return [
    ...listed.map(({ sourceId, resourceId, paste, ...named }, at) => ({
      source: sourceId,
      resource: resourceId,
      name: nameOf(named, sentences),
      resources: 1,
      usd: microUsdText(parts[at] ?? 0n),
      match: paste,
    })),
    ...(others.length === 0 ? [] : [rest]),
  ];
}

function nameOf(
  { resourceName, prepaidUntilMs }: Pick<UnattributedResource, 'resourceName' | 'prepaidUntilMs'>,
  sentences: Pick<AuditSentences, 'prepaidPlan'>,
): string | null {
  if (resourceName !== undefined) return resourceName;
  return prepaidUntilMs === undefined ? null : sentences.prepaidPlan(dayText(prepaidUntilMs - 1));
}

/** Printed shares sum to `owedUsd`, printed months to `remainingUsd`. */
function commitmentOf(commitment: StackCommitment): AuditCommitment {
  const { sourceId, id = null, untilMs, noticeByMs, owedUsd, shares, use } = commitment;
  const owed = toMicroUsd(owedUsd);
  const parts = roundTogether([...shares.values()], owed);
  const months = commitment.months.map((each) => ({ ...each, usd: toMicroUsd(each.usd) }));
  return {
    source: sourceId,
    id,
    until: dayText(untilMs - 1),
    noticeBy: noticeByMs === undefined ? null : dayText(noticeByMs - 1),
    ...useText(use),
    owedUsd: microUsdText(owed),
    remainingUsd: microUsdText(sumWhole(months.map((each) => each.usd))),
    remainingMonths: toDecimal(commitment.monthsLeft, 6),
    months: months.map(({ monthMs, usd: part }) => ({
      month: dayText(monthMs).slice(0, 'YYYY-MM'.length),
      usd: microUsdText(part),
    })),
    shares: [...shares.keys()].map((deployment, at) => ({
      deployment,
      usd: microUsdText(parts[at] ?? 0n),
    })),
  };
}

function creditOf({ sourceId, id, untilMs, ...credit }: CreditUse): AuditCredit {
  const whole = toMicroUsd(usd(credit.usd));
  const { usedBefore, used, left, lost } = credit;
  const parts = roundTogether([usedBefore, used, left, lost].map(usd), whole).map(microUsdText);
  const [usedBeforeUsd = '', usedUsd = '', leftUsd = '', lostUsd = ''] = parts;
  const amounts = { usedBeforeUsd, usedUsd, leftUsd, lostUsd };
  const until = dayText(untilMs - 1);
  return { source: sourceId, id: id ?? null, usd: microUsdText(whole), until, ...amounts };
}

/** Printed used and unused amounts sum to the committed amount. */
function useText({ committedUsd, usedUsd, unusedUsd }: CommitmentUse) {
  const committed = toMicroUsd(committedUsd);
  if (usedUsd === undefined || unusedUsd === undefined) {
    return { committedUsd: microUsdText(committed), usedUsd: null, unusedUsd: null };
  }
  const [used = 0n, unused = 0n] = roundTogether([usedUsd, unusedUsd], committed);
  return {
    committedUsd: microUsdText(committed),
    usedUsd: microUsdText(used),
    unusedUsd: microUsdText(unused),
  };
}

export function printBacktest(
  { advice, ...found }: Backtest,
  sentences: Pick<AuditSentences, 'advice'>,
): AuditBacktest {
  return {
    ...found,
    advice: advice.map(({ notes, ...each }) => ({
      ...each,
      note: sentences.advice(notes),
      noteDetails: notes,
    })),
  };
}

export function printSteps(
  steps: readonly FoundStep[],
  sentences: Pick<AuditSentences, 'step'>,
): AuditStep[] {
  return steps.map(({ deployment, action, detail, ...step }) => {
    return { deployment, action, text: sentences.step(detail), detail, ...step };
  });
}

function printContractEnds(
  ends: readonly ContractEnd[],
  { todayMs }: StepAssignments,
): AuditContractEnd[] {
  return ends.map(({ commitment, picks, savingUsd, todayUsd }) => {
    const { sourceId, id = null, endMs, untilMs, noticeByMs } = commitment;
    const until = endMs === undefined ? undefined : untilMs;
    const last = [noticeByMs, until].flatMap((ms) => (ms === undefined ? [] : [ms]));
    return {
      source: sourceId,
      id,
      until: lastDay(until),
      noticeBy: lastDay(noticeByMs),
      decideBy: lastDay(last.find((ms) => dayStartMs(ms - 1) >= todayMs)),
      deployments: picks.map(({ deployment }) => deployment),
      plan: picks.map(({ deployment, choice }) => ({ deployment, option: choice })),
      savingUsd: microUsdText(toMicroUsd(savingUsd)),
      todayUsd: microUsdText(toMicroUsd(todayUsd)),
    };
  });
}

/** The last day before an exclusive end. */
function lastDay(endMs: number | undefined): string | null {
  return endMs === undefined ? null : dayText(endMs - 1);
}
