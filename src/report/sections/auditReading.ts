/** Reads an audit: its amounts, its situation, its plan, and what the stack costs. */

import { compare, type Exact, isZero, ZERO, sum } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { Audit, AuditStack, AuditStackOption, AuditTotals } from '../../verdict/audit.ts';
import type { Verdict } from '../../verdict/auditWord.ts';
import { durationMs, type Period } from '../../domain/period.ts';
import { spanText } from '../format.ts';
import { auditedPeriod, periodName } from './periodText.ts';
import {
  computeGpuSpendUse,
  type DeploymentReading,
  findOption,
  type GpuSpendUse,
  type OptionReading,
  readDeployment,
} from './deploymentReading.ts';
import { parseAmounts, type Reading } from './storedAmounts.ts';
import type { Reader } from '../locale.ts';
import { shownName } from '../displayText.ts';

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
  readonly deployment: DeploymentReading;
  readonly option: OptionName;
  /** That option's figures. */
  readonly figures: OptionReading | undefined;
}

export type StackReading = Reading<AuditStack>;
export type TotalsReading = Reading<AuditTotals>;

/**
 * A complete audit, with its amounts as numbers and what follows from it for every text: read once,
 * then handed down.
 */
export interface AuditReading extends Omit<Reading<Audit>, 'deployments'> {
  /** The complete audit with its amounts as text. */
  readonly stored: Audit;
  readonly deployments: readonly DeploymentReading[];
  readonly situation: Situation;
  /** True if the verdict's plan is the decided one, including keeping everything. */
  readonly isPlanMade: boolean;
  /** The decided option of each deployment. */
  readonly plan: StackReading['bestPlan'];
  /** Changes of the decision, largest saving first. */
  readonly changes: readonly DeploymentChange[];
  /** Deployments by spend. */
  readonly mostExpensiveFirst: readonly DeploymentReading[];
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

/** Reads an audit that has every field of the current version. */
export function readCompleteAudit(audit: Audit, reader: Reader): AuditReading {
  const { deployments: stored, ...rest } = audit;
  const read = parseAmounts(rest);
  const { verdict, decision, bestPlan } = read.stack;
  const deployments = stored.map(readDeployment);
  const situation = findSituation(verdict, read.totals, deployments.length);
  const plan = decision?.plan ?? bestPlan;
  const period = auditedPeriod(audit);
  const isWholeQuarter = audit.quarter !== null && !audit.window.partial;
  const length = spanText(durationMs(period), reader);
  return {
    ...read,
    stored: audit,
    deployments,
    situation,
    isPlanMade: isAdvice(verdict) || SITUATIONS[verdict] === 'keep',
    plan,
    changes: plannedChanges(deployments, plan),
    mostExpensiveFirst: deployments.toSorted((a, b) => compare(b.spendUsd, a.spendUsd)),
    gpuSpendUse: computeGpuSpendUse(deployments),
    stackCosts: computeStackCosts(read.stack, deployments, situation === 'change'),
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

/** The situation of an audit. Without spend and traffic there is nothing to decide. */
function findSituation(
  verdict: Verdict,
  { spendUsd, tokens, unbilledTokens }: TotalsReading,
  deployments: number,
): Situation {
  const isServed = tokens > 0 || unbilledTokens > 0;
  if (isZero(spendUsd) && !isServed) return deployments === 0 ? 'nothing' : 'empty';
  return SITUATIONS[verdict] ?? 'change';
}

/** True for a verdict that advises a change. */
export function isAdvice(verdict: Verdict): boolean {
  return SITUATIONS[verdict] === undefined;
}

/** True if the best change is known, but not advised. */
export function isOpen(situation: Situation): boolean {
  return situation === 'too small' || situation === 'not certain' || situation === 'close';
}

function plannedChanges(
  deployments: readonly DeploymentReading[],
  plan: AuditReading['plan'],
): DeploymentChange[] {
  const byId = new Map(deployments.map((deployment) => [deployment.id, deployment]));
  return plan
    .flatMap(({ deployment: id, option }) => {
      const deployment = byId.get(id);
      if (deployment === undefined || option === 'keep') return [];
      return [{ deployment, option, figures: findOption(deployment, option) }];
    })
    .sort((a, b) => compare(savingOf(b), savingOf(a)));
}

function savingOf({ figures }: DeploymentChange): Exact {
  return figures?.savingUsd ?? ZERO;
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
function computeStackCosts(
  { options }: StackReading,
  deployments: readonly DeploymentReading[],
  isAdvised: boolean,
): StackCost[] {
  const find = (name: AuditStackOption['option']) => options.find(({ option }) => option === name);
  const [keep, plan, all] = [find('keep'), find('best plan'), find('delete')];
  if (keep === undefined) return [];
  const isChange = plan !== undefined && plan.keeps.length < deployments.length;
  return [
    toStackCost(keep, 'Keep all', 'keep'),
    ...(isChange ? [toStackCost(plan, isAdvised ? 'The plan' : 'Best change', 'plan')] : []),
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

function toStackCost(
  { costUsd, savingUsd, gpuUsd, storageUsd, otherUsd, ...option }: Reading<AuditStackOption>,
  name: string,
  kind: StackCost['kind'],
): StackCost {
  return {
    name,
    kind,
    cost: costUsd,
    saving: savingUsd,
    parts: {
      gpu: sum([gpuUsd, storageUsd, otherUsd]),
      hosted: option.hostedUsd,
      labor: option.laborUsd,
      migration: option.migrationUsd,
      unused: option.strandedUsd,
    },
  };
}
