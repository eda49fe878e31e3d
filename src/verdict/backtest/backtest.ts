/** Backtests the previous audit: its forecast, and what became of its advice. */

import {
  add,
  compare,
  decimal,
  type Exact,
  exactInteger,
  multiply,
  subtract,
} from '../../domain/exact.ts';
import { type Choice, CHOICES } from '../../economics/offer.ts';
import { BASE_ASSUMPTIONS, optionCost } from '../../economics/options.ts';
import type { PlanPick } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { Audit } from '../audit.ts';
import type { AuditBacktest } from '../auditDecision.ts';
import { findComparedSides, isCompared } from '../comparedSides.ts';
import type { SavingText } from '../auditWord.ts';
import { moneyText } from '../document/printed.ts';
import { optionSaving } from '../judge/deploymentReasons.ts';
import { fixedLaborSaving } from '../outlook/forecast.ts';
import {
  type AdviceToScore,
  computeRealizedSaving,
  scoreAdvice,
  type ScoredAdvice,
} from './adviceScore.ts';
import {
  type DeploymentPair,
  findAdviceTaken,
  parseFigure,
  parseWindow,
  storedAdvice,
} from './adviceTaken.ts';
import { usd } from '../../domain/money.ts';
import { durationMs } from '../../domain/period.ts';

/** The printed backtest, with structured notes in place of sentences on the advice. */
export type Backtest = Omit<AuditBacktest, 'advice'> & {
  readonly advice: readonly ScoredAdvice[];
};

/**
 * Scores the previous audit against this window. The forecast is what it expected of this window.
 * The measured value is what the same picks would save now. It is unknown once a pick was carried
 * out: only the bills show that saving. Fields that an older version did not write are unknown.
 */
export function computeBacktest(previous: Audit, now: StackEconomics): Backtest {
  const windows = { previous, now };
  const forecastUsd = forecastOf(previous);
  const advised = adviceIn(windows);
  const isComparable = areSameLength(windows);
  const taken = advised.filter(({ found }) => found.taken === true).map(({ pair }) => pair);
  const realized = isComparable
    ? computeRealizedSaving(taken, hostedSpendRiseUsd(windows))
    : undefined;
  const measured = measuredUsd(windows);
  return {
    quarter: previous.quarter,
    runId: previous.runId,
    forecastUsd,
    measuredUsd: moneyText(measured),
    isInInterval: isComparable ? isInside(measured, forecastUsd) : null,
    advice: advised.map((each) => scoreAdvice(each, realized)),
    realizedUsd: moneyText(realized?.usd),
  };
}

/**
 * `undefined` without a previous audit, and if either window has no deployment with both bill and
 * usage.
 */
export function backtestIfCompared(
  previous: Audit | undefined,
  now: StackEconomics,
): Backtest | undefined {
  if (previous === undefined || findComparedSides(previous) !== 'both' || !isCompared(now))
    return undefined;
  return computeBacktest(previous, now);
}

/**
 * The previous audit's forecast of this window. Its ends are those of `nextQuarter`: the interval
 * of `savingUsd` is that of an average, which is too narrow for one quarter. Audits of older
 * versions have no such ends and are not scored.
 */
function forecastOf({ stack: { outlook, savingUsd } }: Audit): SavingText {
  const { low, high } = outlook?.nextQuarter ?? { low: null, high: null };
  return { base: (outlook?.asLast ?? savingUsd).base, low, high };
}

/** Every deployment that the previous audit advised to change. */
function adviceIn(windows: ComparedWindows): AdviceToScore[] {
  return windows.previous.deployments.flatMap((past) => {
    const advice = storedAdvice(past);
    const pair = advice && pairDeployments(windows, past.id, advice);
    return pair === undefined ? [] : [{ pair, found: findAdviceTaken(pair) }];
  });
}

/**
 * What the previous picks would save now. `undefined` if one was carried out or has no price now.
 */
function measuredUsd(windows: ComparedWindows): Exact | undefined {
  const { previous, now } = windows;
  if (now.deployments.length === 0) return undefined;
  const picks = picksOf(previous);
  let saved = fixedLaborSaving(now, picks);
  for (const { deployment, choice } of picks) {
    if (choice === 'keep') continue;
    const own = notMade(windows, deployment, choice);
    if (own === undefined || optionCost(own, choice) === undefined) return undefined;
    saved = add(saved, optionSaving(own, choice, BASE_ASSUMPTIONS));
  }
  return saved;
}

/** The deployment now, if it is known not to have changed. */
function notMade(windows: ComparedWindows, id: string, choice: Choice) {
  const pair = pairDeployments(windows, id, choice);
  return pair !== undefined && findAdviceTaken(pair).taken === false ? pair.now : undefined;
}

function picksOf({ stack }: Audit): PlanPick[] {
  return stack.bestPlan.flatMap(({ deployment, option }) => {
    const choice = CHOICES.find((each) => each === option);
    return choice === undefined ? [] : [{ deployment, choice }];
  });
}

function isInside(measured: Exact | undefined, { low, high }: SavingText): boolean | null {
  const [least, most] = [parseFigure(low), parseFigure(high)];
  if (measured === undefined || least === undefined || most === undefined) return null;
  return compare(least, measured) <= 0 && compare(measured, most) <= 0;
}

export interface ComparedWindows {
  readonly previous: Audit;
  readonly now: StackEconomics;
}

/** A deployment in both windows. `undefined` if the previous audit lacks it. */
function pairDeployments(
  { previous, now }: ComparedWindows,
  id: string,
  advice: Choice,
): DeploymentPair | undefined {
  const past = previous.deployments.find((each) => each.id === id);
  const window = parseWindow(previous);
  if (past === undefined || window === undefined) return undefined;
  return {
    past,
    now: now.deployments.find((each) => each.id === id),
    advice,
    pastMs: durationMs(window),
    nowMs: durationMs(now.window),
    unattributedRiseUsd: rise(previous.totals.unattributedUsd, now.bill.unattributed),
  };
}

/** Rise of the hosted spend in dollars. */
function hostedSpendRiseUsd({ previous, now }: ComparedWindows): Exact | undefined {
  return rise(previous.totals.hostedSpendUsd, now.bill.hosted);
}

function rise(past: string | null | undefined, now: bigint): Exact | undefined {
  const before = parseFigure(past);
  return before && subtract(usd(now), before);
}

/** A quarter has 90 to 92 days, so lengths within 5% count as equal. */
const ALIKE = decimal('0.05');

/**
 * True if both windows have about the same length. False if the previous audit was made before its
 * window was over.
 */
function areSameLength({ previous, now }: ComparedWindows): boolean {
  const window = parseWindow(previous);
  if (window === undefined || previous.window.partial) return false;
  const [before, after] = [durationMs(window), durationMs(now.window)];
  const apart = exactInteger(Math.abs(after - before));
  return compare(apart, multiply(exactInteger(before), ALIKE)) <= 0;
}
