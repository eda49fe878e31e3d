/**
 * Knows how an audit is read for telling: which case it is, what would be changed, and what its
 * texts amount to.
 */

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

/** The cases that are told differently; everything else about a report follows from its figures. */
export type Situation =
  | 'nothing'
  | 'empty'
  | 'no evidence'
  | 'too small'
  | 'not certain'
  | 'close'
  | 'keep'
  | 'change';

/** A deployment that the decision does not keep as it is, and the option it takes instead. */
export interface Change {
  readonly deployment: AuditDeployment;
  readonly option: OptionName;
  /** That option's figures. */
  readonly figures: AuditOption | undefined;
}

/** An amount or a ratio of the audit; `undefined` where it is not known. */
export function known(text: string | null | undefined): Exact | undefined {
  return text === null || text === undefined ? undefined : decimal(text);
}

/** Every verdict that is not here advises a change. */
const SITUATIONS: Readonly<Partial<Record<Verdict, Situation>>> = {
  'not enough evidence': 'no evidence',
  'too small to act on': 'too small',
  'not certain enough': 'not certain',
  'too close to call': 'close',
  keep: 'keep',
  'keep (required)': 'keep',
};

/** Where there is a verdict that is acted on: nothing is open, and nothing missing stops it. */
export function isActed(situation: Situation): boolean {
  return situation === 'change' || situation === 'keep';
}

export function situationOf({ totals, deployments, stack }: Audit): Situation {
  const isServed = totals.tokens > 0 || totals.unbilledTokens > 0;
  const isBlank = isZero(decimal(totals.spendUsd)) && !isServed;
  if (isBlank) return deployments.length === 0 ? 'nothing' : 'empty';
  return SITUATIONS[stack.verdict] ?? 'change';
}

/** A verdict that changes something. */
export function isAdvice(verdict: Verdict): boolean {
  return SITUATIONS[verdict] === undefined;
}

/** The plan that the verdict is about is what is decided, be it to keep everything. */
export function isPlanMade({ stack: { verdict } }: Audit): boolean {
  return isAdvice(verdict) || SITUATIONS[verdict] === 'keep';
}

/** The best change is known and is not made. */
export function isOpen(situation: Situation): boolean {
  return situation === 'too small' || situation === 'not certain' || situation === 'close';
}

/** What is done with each deployment. */
export function decidedPlan({ stack }: Audit): AuditStack['bestPlan'] {
  return stack.decision?.plan ?? stack.bestPlan;
}

/** What the decision changes, the largest saving first. */
export function plannedChanges(audit: Audit): Change[] {
  const byId = new Map(audit.deployments.map((deployment) => [deployment.id, deployment]));
  return decidedPlan(audit)
    .flatMap(({ deployment: id, option }) => {
      const deployment = byId.get(id);
      if (deployment === undefined || option === 'keep') return [];
      return [{ deployment, option, figures: optionOf(deployment, option) }];
    })
    .sort((a, b) => compare(savingOf(b), savingOf(a)));
}

export function optionOf(deployment: AuditDeployment, name: OptionName): AuditOption | undefined {
  return deployment.options.find(({ option }) => option === name);
}

/** The deployments whose figures matter most first. */
export function dearestFirst({ deployments }: Audit): AuditDeployment[] {
  return [...deployments].sort((a, b) => compare(decimal(b.spendUsd), decimal(a.spendUsd)));
}

/**
 * The option that the verdict is about: the one advised, else the cheapest other one; none where no
 * other has a price. Its row has the deployment's own saving. An audit of an older program told no
 * such saving: there it is what saves most, of all that may be advised.
 */
export function nearestOption(deployment: AuditDeployment): AuditOption | undefined {
  const others = deployment.options.flatMap((figures) => {
    const saving = known(figures.savingUsd);
    const isOther = figures.option !== 'keep' && figures.option !== 'spot';
    return isOther && saving !== undefined ? [{ figures, saving }] : [];
  });
  const { base } = deployment.savingUsd;
  const isOlder = deployment.withoutLabor === null;
  const own = others.filter(({ figures }) => isOlder || figures.savingUsd === base);
  const [best] = own.toSorted((a, b) => compare(b.saving, a.saving));
  return best?.figures;
}

function savingOf({ figures }: Change): Exact {
  return known(figures?.savingUsd) ?? ZERO;
}

/** Where the rent went, over all deployments whose capacity is known. */
export interface UseOfRent {
  readonly rent: Exact;
  /** What the same tokens would have cost at full capacity. */
  readonly worked: Exact;
  readonly underfilled?: Exact;
  readonly idle?: Exact;
  /** `worked / rent`: dollars are summed, then divided. */
  readonly share: Exact;
}

/**
 * Worked number: $6.00 of rent, of which $2.166666 would have been enough at full capacity, is
 * 0.361111.
 */
export function useOfRent(deployments: readonly AuditDeployment[]): UseOfRent | undefined {
  const measured = deployments.filter(({ fullCapacityUsd }) => fullCapacityUsd !== null);
  const worked = sum(measured.map(({ fullCapacityUsd }) => known(fullCapacityUsd) ?? ZERO));
  const rent = sum(measured.map(rentOf));
  if (isZero(rent)) return undefined;
  const split = measured.every(
    ({ idleUsd, underfilledUsd }) => idleUsd !== null && underfilledUsd !== null,
  );
  const share = divide(worked, rent);
  if (!split) return { rent, worked, share };
  const underfilled = sum(measured.map(({ underfilledUsd }) => known(underfilledUsd) ?? ZERO));
  const idle = sum(measured.map(({ idleUsd }) => known(idleUsd) ?? ZERO));
  return { rent, worked, underfilled, idle, share };
}

/** The rent of the time for which usage is known: the waterfall's three parts sum to it. */
function rentOf({ spendUsd, uncoveredUsd }: AuditDeployment): Exact {
  return subtract(decimal(spendUsd), decimal(uncoveredUsd));
}
