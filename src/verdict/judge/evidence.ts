/** What evidence a verdict needs, what is missing and how to get it. */

import type { BillGap } from '../../domain/completeness.ts';
import type { UnconvertedCharges } from '../../domain/currency.ts';
import { compare, type Exact, exact, ZERO } from '../../domain/exact.ts';
import { sumNano } from '../../domain/money.ts';
import { dayText } from '../../domain/period.ts';
import type { Reconciled } from '../../domain/reconciliation.ts';
import { hostedCost } from '../../economics/options.ts';
import { counted } from '../../domain/counted.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { MissingMonth } from '../../economics/stackParts.ts';
import type { Policy } from '../policy.ts';
import { nanoDollars, percent } from '../words.ts';
import { missingCharges } from './gaps.ts';
import { disagreeing, unbilledOf } from './sides.ts';
import { unconverted, unreconciled } from './unreconciled.ts';

/** How the bills themselves are. */
export interface Books {
  /** Beside what providers and invoices ask for. */
  readonly reconciliation: readonly Reconciled[];
  /** What should be there and is not. */
  readonly gaps: readonly BillGap[];
  /** What was billed in other currencies and is in no sum. */
  readonly unconverted: readonly UnconvertedCharges[];
}

/** What is missing for the stack as a whole, whatever its deployments show. */
export function missingForStack(
  economics: StackEconomics,
  policy: Policy,
  { reconciliation, gaps, unconverted: uncounted }: Books,
): string[] {
  const { bill, deployments } = economics;
  return [
    ...(deployments.length === 0
      ? ['No deployment is named: add what is served to `deployments` in rentcheck.yaml.']
      : []),
    ...(bill.spend === 0n && bill.unattributedShare === undefined
      ? ['Nothing was billed in this time: pull or import the bills of it.']
      : []),
    ...unattributed(economics, policy),
    ...missingCharges(economics, policy, gaps),
    ...[...unconverted(uncounted), ...unreconciled(reconciliation)].map(
      ({ says, mend }) => `${says}: ${mend}.`,
    ),
  ];
}

/** Too much of the spend belongs to nobody. */
export function unattributed({ bill }: StackEconomics, policy: Policy): string[] {
  const share = bill.unattributedShare;
  if (share === undefined || compare(share, policy.maxUnattributedShare) <= 0) return [];
  return [
    `${percent(share, 'ceiling')} of the spend (${nanoDollars(bill.unattributed)}) belongs to no ` +
      `deployment, and at most ${percent(policy.maxUnattributedShare)} may: name its ` +
      `resources under \`resources\` of the deployments they serve.`,
  ];
}

/** Usage must cover enough of the whole stack too, deployments that must stay included. */
export function missingCoverage({ coverage }: StackEconomics, policy: Policy): string[] {
  if (coverage === undefined || compare(coverage, policy.minCoverage) >= 0) return [];
  return [
    `Usage covers ${percent(coverage, 'floor')} of the stack's paid replica time, and ` +
      `${percent(policy.minCoverage)} is needed.`,
  ];
}

/** What is missing for one deployment alone; time for which nothing was billed comes first. */
export function missingForDeployment(
  deployment: DeploymentEconomics,
  policy: Policy,
  missingMonths: readonly MissingMonth[],
): string[] {
  const { id, hosted, spend, sources } = deployment;
  if (sources.length === 0 && spend.total === 0n) {
    return [
      `Nothing was billed for ${id} in this time: check its \`resources\`, or pull the bills.`,
    ];
  }
  return [
    ...unbilledOf(deployment, policy, missingMonths),
    ...disagreeing(deployment),
    ...uncovered(deployment, policy),
    ...(hostedCost(deployment) === undefined
      ? [
          `No hosted price for ${id}: ${hosted.reason ?? 'none is known'}. Check ` +
            `\`hosted\` in rentcheck.yaml, or import the prices that were in force.`,
        ]
      : []),
  ];
}

function uncovered(deployment: DeploymentEconomics, policy: Policy): string[] {
  const { id, time, days } = deployment;
  if (time.coverage === undefined) {
    return [
      `What was paid for ${id} buys no time by its bill, so how much of it is covered by ` +
        'usage is unknown: pull or import compute charges with their hours.',
    ];
  }
  if (compare(time.coverage, policy.minCoverage) >= 0) return [];
  const gaps = days.filter(({ paidNs, coveredNs }) => coveredNs < paidNs);
  const [first] = gaps;
  const where =
    first === undefined
      ? ''
      : `; ${counted(gaps.length, 'day')} with gaps, the first is ${dayText(first.dayMs)}`;
  return [
    `Usage of ${id} covers ${percent(time.coverage, 'floor')} of the paid replica time, and ` +
      `${percent(policy.minCoverage)} is needed: pull or import the usage that is ` +
      `missing${where}.`,
  ];
}

/**
 * Deployments without enough evidence may hold as much of the spend as may be unattributed; above
 * that the stack has no verdict either.
 */
export function weakShare(economics: StackEconomics, weak: ReadonlySet<string>): Exact {
  const total = sumNano(economics.deployments.map(({ spend }) => positive(spend.total)));
  const held = economics.deployments.filter(({ id }) => weak.has(id));
  const part = sumNano(held.map(({ spend }) => positive(spend.total)));
  if (total > 0n) return exact(part, total);
  return weak.size > 0 ? exact(1n) : ZERO;
}

function positive(nano: bigint): bigint {
  return nano > 0n ? nano : 0n;
}

export function weakText(share: Exact, policy: Policy): string {
  const held = percent(share, 'ceiling');
  return (
    `Deployments without enough evidence hold ${held} of the attributed spend, and ` +
    `at most ${percent(policy.maxUnattributedShare)} may be undecided.`
  );
}
