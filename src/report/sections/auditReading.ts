/** Reads an audit: its situation, its plan, what the stack costs and how its GPU spend was used. */

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
import type { Audit, AuditStack, AuditStackOption } from '../../verdict/audit.ts';
import type { AuditDeployment, AuditOption } from '../../verdict/auditDeployment.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { durationMs, type Period } from '../../domain/period.ts';
import { knownAmount, spanText } from '../format.ts';
import { shownName } from '../displayText.ts';
import { auditedPeriod, periodName } from './periodText.ts';
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

/** A complete audit with what follows from it for every text: read once, then handed down. */
export interface AuditReading extends Audit {
  readonly situation: Situation;
  readonly amounts: TotalAmounts;
  /** True if the verdict's plan is the decided one, including keeping everything. */
  readonly isPlanMade: boolean;
  /** The decided option of each deployment. */
  readonly plan: AuditStack['bestPlan'];
  /** Changes of the decision, largest saving first. */
  readonly changes: readonly DeploymentChange[];
  /** Deployments by spend. */
  readonly mostExpensiveFirst: readonly AuditDeployment[];
  /** Absent without GPU spend of known capacity. */
  readonly gpuSpendUse: GpuSpendUse | undefined;
  /** Today's stack, the plan if it changes anything, and deleting all if that has a price. */
  readonly stackCosts: readonly StackCost[];
  readonly period: Period;
  readonly isWholeQuarter: boolean;
  /** `Q3 2026`. */
  readonly periodName: string;
  /** `a quarter` for a whole quarter, otherwise the length: `over 45 days`. */
  readonly perPeriod: string;
  /** `in the quarter`, or `over 45 days`. */
  readonly withinPeriod: string;
  /** The next period of the same length: `the next quarter`, `the next 45 days`. */
  readonly nextPeriod: string;
}

/** Totals of the audited period, in dollars. */
export interface TotalAmounts {
  /** GPU spend. */
  readonly spend: Exact;
  readonly billed: Exact;
  readonly uncovered: Exact;
  readonly unattributed: Exact;
  readonly estimated: Exact;
  /** Purchases from hosted APIs, which are not part of the GPU spend. */
  readonly hosted: Exact;
  readonly tax: Exact;
}

/** Reads an audit that has every field of the current version. */
export function readCompleteAudit(audit: Audit, reader: Reader): AuditReading {
  const { verdict } = audit.stack;
  const amounts = totalAmounts(audit);
  const situation = findSituation(audit, amounts);
  const plan = audit.stack.decision?.plan ?? audit.stack.bestPlan;
  const period = auditedPeriod(audit);
  const isWholeQuarter = audit.quarter !== null && !audit.window.partial;
  const length = spanText(durationMs(period), reader);
  return {
    ...audit,
    situation,
    amounts,
    isPlanMade: isAdvice(verdict) || SITUATIONS[verdict] === 'keep',
    plan,
    changes: plannedChanges(audit, plan),
    mostExpensiveFirst: mostExpensiveFirst(audit),
    gpuSpendUse: computeGpuSpendUse(audit.deployments),
    stackCosts: computeStackCosts(audit, situation),
    period,
    isWholeQuarter,
    periodName: periodName(audit, reader),
    perPeriod: isWholeQuarter ? 'a quarter' : `over ${length}`,
    withinPeriod: isWholeQuarter ? 'in the quarter' : `over ${length}`,
    nextPeriod: isWholeQuarter ? 'the next quarter' : `the next ${length}`,
  };
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

function totalAmounts({ totals }: Audit): TotalAmounts {
  return {
    spend: decimal(totals.spendUsd),
    billed: decimal(totals.billedUsd),
    uncovered: decimal(totals.uncoveredUsd),
    unattributed: decimal(totals.unattributedUsd),
    estimated: decimal(totals.estimatedUsd),
    hosted: decimal(totals.hostedSpendUsd),
    tax: decimal(totals.taxUsd),
  };
}

/** The situation of an audit. Without spend and traffic there is nothing to decide. */
function findSituation({ totals, deployments, stack }: Audit, { spend }: TotalAmounts): Situation {
  const isServed = totals.tokens > 0 || totals.unbilledTokens > 0;
  const isBlank = isZero(spend) && !isServed;
  if (isBlank) return deployments.length === 0 ? 'nothing' : 'empty';
  return SITUATIONS[stack.verdict] ?? 'change';
}

/** True for a verdict that advises a change. */
export function isAdvice(verdict: Verdict): boolean {
  return SITUATIONS[verdict] === undefined;
}

/** True if the best change is known, but not advised. */
export function isOpen(situation: Situation): boolean {
  return situation === 'too small' || situation === 'not certain' || situation === 'close';
}

function plannedChanges({ deployments }: Audit, plan: AuditStack['bestPlan']): DeploymentChange[] {
  const byId = new Map(deployments.map((deployment) => [deployment.id, deployment]));
  return plan
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
  /** Of a single deployment its own utilization, of several the share. */
  readonly utilization: Exact;
}

/**
 * Worked number: of $6.00 GPU spend, $2.166666 would have sufficed at full capacity, which is
 * 0.361111.
 */
function computeGpuSpendUse(deployments: readonly AuditDeployment[]): GpuSpendUse | undefined {
  const measured = deployments.filter(({ fullCapacityUsd }) => fullCapacityUsd !== null);
  const worked = sum(measured.map(({ fullCapacityUsd }) => knownAmount(fullCapacityUsd) ?? ZERO));
  const rent = sum(measured.map(coveredSpend));
  if (isZero(rent)) return undefined;
  const split = measured.every(
    ({ idleUsd, underfilledUsd }) => idleUsd !== null && underfilledUsd !== null,
  );
  const share = divide(worked, rent);
  const own = deployments.length === 1 ? knownAmount(deployments[0]?.utilization) : undefined;
  const use = { gpuSpend: rent, fullCapacityCost: worked, share, utilization: own ?? share };
  if (!split) return use;
  const underfilled = sum(
    measured.map(({ underfilledUsd }) => knownAmount(underfilledUsd) ?? ZERO),
  );
  const idle = sum(measured.map(({ idleUsd }) => knownAmount(idleUsd) ?? ZERO));
  return { ...use, underfilled, idle };
}

/** GPU spend over time with known usage. The waterfall's three parts sum to it. */
function coveredSpend({ spendUsd, uncoveredUsd }: AuditDeployment): Exact {
  return subtract(decimal(spendUsd), decimal(uncoveredUsd));
}

export const COST_PARTS = ['gpu', 'hosted', 'labor', 'migration', 'unused'] as const;

export type CostPart = (typeof COST_PARTS)[number];

/** A plan for the whole stack. Its parts sum to its cost. */
export interface StackCost {
  readonly name: string;
  readonly kind: 'keep' | 'plan' | 'delete';
  readonly cost: Exact;
  readonly saving: Exact;
  readonly parts: Readonly<Record<CostPart, Exact>>;
}

/** Today's stack, the plan if it changes anything, and deleting all if that has a price. */
function computeStackCosts({ stack, deployments }: Audit, situation: Situation): StackCost[] {
  const find = (name: AuditStackOption['option']) =>
    stack.options.find(({ option }) => option === name);
  const [keep, plan, all] = [find('keep'), find('best plan'), find('delete')];
  if (keep === undefined) return [];
  const isChange = plan !== undefined && plan.keeps.length < deployments.length;
  return [
    toStackCost(keep, 'Keep all', 'keep'),
    ...(isChange
      ? [toStackCost(plan, situation === 'change' ? 'The plan' : 'Best change', 'plan')]
      : []),
    ...(all === undefined ? [] : [toStackCost(all, deletingName(all.keeps), 'delete')]),
  ];
}

/**
 * Name of the plan that deletes everything, except deployments that must stay or have no hosted
 * price.
 */
function deletingName(keeps: readonly string[]): string {
  const [only] = keeps;
  if (only === undefined) return 'Delete all';
  return `Delete all but ${keeps.length === 1 ? shownName(only) : keeps.length}`;
}

function toStackCost(option: AuditStackOption, name: string, kind: StackCost['kind']): StackCost {
  const { gpuUsd, storageUsd, otherUsd } = option;
  return {
    name,
    kind,
    cost: decimal(option.costUsd),
    saving: decimal(option.savingUsd),
    parts: {
      gpu: sum([gpuUsd, storageUsd, otherUsd].map(decimal)),
      hosted: decimal(option.hostedUsd),
      labor: decimal(option.laborUsd),
      migration: decimal(option.migrationUsd),
      unused: decimal(option.strandedUsd),
    },
  };
}
