/** Reads an audit: its period, its situation, its plan and the use of its GPU spend. */

import {
  compare,
  decimal,
  divide,
  type Exact,
  isZero,
  subtract,
  sum,
  ZERO,
} from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { Audit, AuditStack } from '../../verdict/audit.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { DAY_MS, dayStartMs, durationMs, type Period, parseInstant } from '../../domain/period.ts';
import { knownAmount, dateText, momentText, spanText, timeText, quarterName } from '../format.ts';
import { oneLine } from '../displayText.ts';
import type { Reader } from '../locale.ts';

/** Situations with different texts. Everything else in a report follows from its figures. */
export type Situation =
  | 'nothing'
  | 'empty'
  | 'no evidence'
  | 'too small'
  | 'not certain'
  | 'close'
  | 'keep'
  | 'change';

/** A deployment that the decision changes, and its new option. */
export interface DeploymentChange {
  readonly deployment: AuditDeployment;
  readonly option: OptionName;
  /** That option's figures. */
  readonly figures: AuditOption | undefined;
}

/** Situations by verdict. All other verdicts advise a change. */
const SITUATIONS: Readonly<Partial<Record<Verdict, Situation>>> = {
  'not enough evidence': 'no evidence',
  'too small to act on': 'too small',
  'not certain enough': 'not certain',
  'too close to call': 'close',
  keep: 'keep',
  'keep (required)': 'keep',
};

/** True for a conclusive verdict: a change, or keeping. */
export function isConclusive(situation: Situation): boolean {
  return situation === 'change' || situation === 'keep';
}

/** The situation of an audit. Without spend and traffic there is nothing to decide. */
export function findSituation({ totals, deployments, stack }: Audit): Situation {
  const isServed = totals.tokens > 0 || totals.unbilledTokens > 0;
  const isBlank = isZero(decimal(totals.spendUsd)) && !isServed;
  if (isBlank) return deployments.length === 0 ? 'nothing' : 'empty';
  return SITUATIONS[stack.verdict] ?? 'change';
}

/** True for a verdict that advises a change. */
export function isAdvice(verdict: Verdict): boolean {
  return SITUATIONS[verdict] === undefined;
}

/** True if the verdict's plan is the decided one, including keeping everything. */
export function isPlanMade({ stack: { verdict } }: Audit): boolean {
  return isAdvice(verdict) || SITUATIONS[verdict] === 'keep';
}

/** True if the best change is known, but not advised. */
export function isOpen(situation: Situation): boolean {
  return situation === 'too small' || situation === 'not certain' || situation === 'close';
}

/** The decided option of each deployment. */
export function decidedPlan({ stack }: Audit): AuditStack['bestPlan'] {
  return stack.decision?.plan ?? stack.bestPlan;
}

/** Changes of the decision, largest saving first. */
export function plannedChanges(audit: Audit): DeploymentChange[] {
  const byId = new Map(audit.deployments.map((deployment) => [deployment.id, deployment]));
  return decidedPlan(audit)
    .flatMap(({ deployment: id, option }) => {
      const deployment = byId.get(id);
      if (deployment === undefined || option === 'keep') return [];
      return [{ deployment, option, figures: findOption(deployment, option) }];
    })
    .sort((a, b) => compare(savingOf(b), savingOf(a)));
}

export function findOption(deployment: AuditDeployment, name: OptionName): AuditOption | undefined {
  return deployment.options.find(({ option }) => option === name);
}

/** Deployments by spend, most expensive first. */
export function mostExpensiveFirst({ deployments }: Audit): AuditDeployment[] {
  return [...deployments].sort((a, b) => compare(decimal(b.spendUsd), decimal(a.spendUsd)));
}

/**
 * The verdict's option: the advised one, or else the cheapest alternative. `undefined` if no
 * alternative has a price. Its row has the deployment's own saving. Audits of older versions lack
 * that saving: there it is the option with the largest saving, spot excluded.
 */
export function nearestOption(deployment: AuditDeployment): AuditOption | undefined {
  const others = deployment.options.flatMap((figures) => {
    const saving = knownAmount(figures.savingUsd);
    const isOther = figures.option !== 'keep' && figures.option !== 'spot';
    return isOther && saving !== undefined ? [{ figures, saving }] : [];
  });
  const { base } = deployment.savingUsd;
  const isOlder = deployment.withoutLabor === null;
  const own = others.filter(({ figures }) => isOlder || figures.savingUsd === base);
  const [best] = own.toSorted((a, b) => compare(b.saving, a.saving));
  return best?.figures;
}

function savingOf({ figures }: DeploymentChange): Exact {
  return knownAmount(figures?.savingUsd) ?? ZERO;
}

/** Use of the GPU spend, over all deployments with known capacity. */
export interface GpuSpendUse {
  readonly gpuSpend: Exact;
  /** Cost of the same tokens at full capacity. */
  readonly fullCapacityCost: Exact;
  readonly underfilled?: Exact;
  readonly idle?: Exact;
  /** Worked dollars over GPU spend. Dollars are summed, then divided. */
  readonly share: Exact;
}

/**
 * Worked number: of $6.00 GPU spend, $2.166666 would have sufficed at full capacity, which is
 * 0.361111.
 */
export function computeGpuSpendUse(
  deployments: readonly AuditDeployment[],
): GpuSpendUse | undefined {
  const measured = deployments.filter(({ fullCapacityUsd }) => fullCapacityUsd !== null);
  const worked = sum(measured.map(({ fullCapacityUsd }) => knownAmount(fullCapacityUsd) ?? ZERO));
  const rent = sum(measured.map(coveredSpend));
  if (isZero(rent)) return undefined;
  const split = measured.every(
    ({ idleUsd, underfilledUsd }) => idleUsd !== null && underfilledUsd !== null,
  );
  const share = divide(worked, rent);
  if (!split) return { gpuSpend: rent, fullCapacityCost: worked, share };
  const underfilled = sum(
    measured.map(({ underfilledUsd }) => knownAmount(underfilledUsd) ?? ZERO),
  );
  const idle = sum(measured.map(({ idleUsd }) => knownAmount(idleUsd) ?? ZERO));
  return { gpuSpend: rent, fullCapacityCost: worked, underfilled, idle, share };
}

/** GPU spend over time with known usage. The waterfall's three parts sum to it. */
function coveredSpend({ spendUsd, uncoveredUsd }: AuditDeployment): Exact {
  return subtract(decimal(spendUsd), decimal(uncoveredUsd));
}

export function auditedPeriod({ window }: Audit): Period {
  return { startMs: Date.parse(window.start), endMs: Date.parse(window.end) };
}

/**
 * `Q3 2026`, `Q3 2026 so far`, or the window's dates, both included: `Jul 1, 2026 to Jul 7, 2026`.
 */
export function periodName(audit: Audit, reader: Reader): string {
  if (audit.quarter === null) return datesText(auditedPeriod(audit), reader);
  return `${quarterName(audit.quarter)}${audit.window.partial ? ' so far' : ''}`;
}

/** `a quarter` for a whole quarter, otherwise the length: `over 45 days`. */
export function perPeriod(audit: Audit, reader: Reader): string {
  if (isWholeQuarter(audit)) return 'a quarter';
  return `over ${spanText(durationMs(auditedPeriod(audit)), reader)}`;
}

/** `in the quarter`, or `over 45 days`. */
export function withinPeriod(audit: Audit, reader: Reader): string {
  return isWholeQuarter(audit) ? 'in the quarter' : perPeriod(audit, reader);
}

/** The next period of the same length: `the next quarter`, `the next 45 days`. */
export function nextPeriod(audit: Audit, reader: Reader): string {
  if (isWholeQuarter(audit)) return 'the next quarter';
  return `the next ${spanText(durationMs(auditedPeriod(audit)), reader)}`;
}

export function isWholeQuarter({ quarter, window }: Audit): boolean {
  return quarter !== null && !window.partial;
}

/** The window's dates, last day included. Instants if the window is not whole days. */
function datesText({ startMs, endMs }: Period, reader: Reader): string {
  if (dayStartMs(startMs) !== startMs || dayStartMs(endMs) !== endMs) {
    const isOneDay = dayStartMs(startMs) === dayStartMs(endMs);
    const start = isOneDay
      ? momentText(startMs, reader).replace(' UTC', '')
      : momentText(startMs, reader);
    return `${start} to ${isOneDay ? timeText(endMs) : momentText(endMs, reader)}`;
  }
  const lastMs = endMs - DAY_MS;
  return lastMs === startMs
    ? dateText(startMs, reader)
    : `${dateText(startMs, reader)} to ${dateText(lastMs, reader)}`;
}

/** `2026-12-31` is `Dec 31, 2026`. Text that is not a day is returned as it is. */
export function dayName(day: string, reader: Reader): string {
  const atMs = parseInstant(day);
  return atMs === undefined ? oneLine(day, 24) : dateText(atMs, reader);
}
