/** Reads an audit for the report: its situation, planned changes and figures. */

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

/** Parses an amount or ratio of the audit. `undefined` if unknown. */
export function knownAmount(text: string | null | undefined): Exact | undefined {
  return text === null || text === undefined ? undefined : decimal(text);
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
