/** Backtests the previous audit: its forecast, and what became of its advice. */

import { add, compare, type Exact } from '../../domain/exact.ts';
import { CHOICES, type Choice } from '../../economics/offer.ts';
import { AT_BASE, optionCost } from '../../economics/options.ts';
import type { Pick as Picked } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { Audit } from '../audit.ts';
import type { AuditLookBack } from '../auditDecision.ts';
import { isCompared, sidesOf } from '../auditSides.ts';
import type { SavingText } from '../auditWord.ts';
import { moneyText } from '../document/printed.ts';
import { savingOf } from '../judge/deploymentReasons.ts';
import { fixedSaving } from '../outlook/forecast.ts';
import { realizedOf } from './realized.ts';
import { type Scored, scoreAdvice, type ScoredAdvice } from './scored.ts';
import { adviceOf, figure } from './stored.ts';
import { takenOf } from './taken.ts';
import { areAlike, boughtRiseUsd, pairOf, type Windows } from './windows.ts';

/** The printed backtest, with structured notes in place of sentences on the advice. */
export type LookBack = Omit<AuditLookBack, 'advice'> & {
  readonly advice: readonly ScoredAdvice[];
};

/**
 * Scores the previous audit against this window. The forecast is what it expected of this window.
 * The measured value is what the same picks would save now. It is unknown once a pick was carried
 * out: only the bills show that saving. Fields that an older version did not write are unknown.
 */
export function lookBack(previous: Audit, now: StackEconomics): LookBack {
  const windows = { previous, now };
  const forecastUsd = forecastOf(previous);
  const advised = adviceIn(windows);
  const isComparable = areAlike(windows);
  const taken = advised.filter(({ found }) => found.taken === true).map(({ pair }) => pair);
  const realized = isComparable ? realizedOf(taken, boughtRiseUsd(windows)) : undefined;
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
export function lookBackIfCompared(
  previous: Audit | undefined,
  now: StackEconomics,
): LookBack | undefined {
  if (previous === undefined || sidesOf(previous) !== 'both' || !isCompared(now)) return undefined;
  return lookBack(previous, now);
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
function adviceIn(windows: Windows): Scored[] {
  return windows.previous.deployments.flatMap((past) => {
    const advice = adviceOf(past);
    const pair = advice && pairOf(windows, past.id, advice);
    return pair === undefined ? [] : [{ pair, found: takenOf(pair) }];
  });
}

/**
 * What the previous picks would save now. `undefined` if one was carried out or has no price now.
 */
function measuredUsd(windows: Windows): Exact | undefined {
  const { previous, now } = windows;
  if (now.deployments.length === 0) return undefined;
  const picks = picksOf(previous);
  let saved = fixedSaving(now, picks);
  for (const { deployment, choice } of picks) {
    if (choice === 'keep') continue;
    const own = notMade(windows, deployment, choice);
    if (own === undefined || optionCost(own, choice) === undefined) return undefined;
    saved = add(saved, savingOf(own, choice, AT_BASE));
  }
  return saved;
}

/** The deployment now, if it is known not to have changed. */
function notMade(windows: Windows, id: string, choice: Choice) {
  const pair = pairOf(windows, id, choice);
  return pair !== undefined && takenOf(pair).taken === false ? pair.now : undefined;
}

function picksOf({ stack }: Audit): Picked[] {
  return stack.bestPlan.flatMap(({ deployment, option }) => {
    const choice = CHOICES.find((each) => each === option);
    return choice === undefined ? [] : [{ deployment, choice }];
  });
}

function isInside(measured: Exact | undefined, { low, high }: SavingText): boolean | null {
  const [least, most] = [figure(low), figure(high)];
  if (measured === undefined || least === undefined || most === undefined) return null;
  return compare(least, measured) <= 0 && compare(measured, most) <= 0;
}
