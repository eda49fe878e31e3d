/** Finds evidence that is missing for a verdict, for the stack and for each deployment. */

import { toUnconvertedFacts, toUnreconciledFacts } from '../../domain/bookFact.ts';
import type { BillGap } from '../../domain/completeness.ts';
import type { UnconvertedCharges } from '../../domain/currency.ts';
import { compare, type Exact, exact, ZERO } from '../../domain/exact.ts';
import { sumNano, usd, usdText } from '../../domain/money.ts';
import { dayText } from '../../domain/period.ts';
import type { ReconciledMonth } from '../../domain/reconciliation.ts';
import { hostedCost } from '../../economics/options.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { MissingMonth } from '../../economics/stackParts.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import type { Policy } from '../policy.ts';
import type { Missing } from '../reason.ts';
import { missingChargesEvidence } from './gaps.ts';
import { missingForReplicaHours, missingForUnbilledTokens } from './sides.ts';

/** Facts about the bills themselves. */
export interface BillChecks {
  /** The ledger compared with providers' totals and invoices. */
  readonly reconciliation: readonly ReconciledMonth[];
  /** Missing bills. */
  readonly gaps: readonly BillGap[];
  /** Charges in other currencies, which are in no sum. */
  readonly unconverted: readonly UnconvertedCharges[];
}

/** Evidence missing for the whole stack, regardless of its deployments. */
export function missingForStack(
  economics: StackEconomics,
  policy: Policy,
  { reconciliation, gaps, unconverted }: BillChecks,
): Missing[] {
  const { bill, deployments } = economics;
  const isUnbilled = bill.spend === 0n && bill.unattributedShare === undefined;
  return [
    ...(deployments.length === 0 ? [{ code: 'no-deployments' as const }] : []),
    ...(isUnbilled ? [{ code: 'no-bills' as const }] : []),
    ...unattributed(economics, policy),
    ...missingChargesEvidence(economics, policy, gaps),
    ...toUnconvertedFacts(unconverted),
    ...toUnreconciledFacts(reconciliation),
  ];
}

/** Reports an unattributed share above the policy's limit. */
function unattributed({ bill }: StackEconomics, { maxUnattributedShare: most }: Policy): Missing[] {
  const share = bill.unattributedShare;
  if (share === undefined || compare(share, most) <= 0) return [];
  const amount = usdText(usd(bill.unattributed));
  const figures = { share: sixPlaces(share, 'ceiling'), usd: amount, mostShare: sixPlaces(most) };
  return [{ code: 'unattributed', ...figures }];
}

/**
 * Reports a coverage of the whole stack below the policy's minimum. Deployments that must stay
 * count too.
 */
export function missingCoverage({ coverage }: StackEconomics, { minCoverage }: Policy): Missing[] {
  if (coverage === undefined || compare(coverage, minCoverage) >= 0) return [];
  const neededShare = sixPlaces(minCoverage);
  return [{ code: 'stack-coverage', share: sixPlaces(coverage, 'floor'), neededShare }];
}

/** Evidence missing for one deployment. Time without a bill comes first. */
export function missingForDeployment(
  economics: DeploymentEconomics,
  policy: Policy,
  missingMonths: readonly MissingMonth[],
): Missing[] {
  const { id: deployment, hosted, spend, sources } = economics;
  if (sources.length === 0 && spend.total === 0n) return [{ code: 'no-bills-of', deployment }];
  const why = hosted.reason === undefined ? {} : { why: hosted.reason };
  const isPriced = hostedCost(economics) !== undefined;
  return [
    ...missingForUnbilledTokens(economics, policy, missingMonths),
    ...missingForReplicaHours(economics),
    ...uncovered(economics, policy),
    ...(isPriced ? [] : [{ code: 'no-price' as const, deployment, ...why }]),
  ];
}

function uncovered(
  { id: deployment, time, days }: DeploymentEconomics,
  { minCoverage }: Policy,
): Missing[] {
  if (time.coverage === undefined) return [{ code: 'no-paid-time', deployment }];
  if (compare(time.coverage, minCoverage) >= 0) return [];
  const gaps = days.filter(({ paidNs, coveredNs }) => coveredNs < paidNs);
  const [first] = gaps;
  return [
    {
      code: 'coverage',
      deployment,
      share: sixPlaces(time.coverage, 'floor'),
      neededShare: sixPlaces(minCoverage),
      days: gaps.length,
      ...(first === undefined ? {} : { firstDay: dayText(first.dayMs) }),
    },
  ];
}

/**
 * Share of the spend in deployments without enough evidence. Above the limit for unattributed
 * spend, the stack has no verdict either.
 */
export function shareWithoutEvidence(economics: StackEconomics, weak: ReadonlySet<string>): Exact {
  const total = sumNano(economics.deployments.map(({ spend }) => positive(spend.total)));
  const held = economics.deployments.filter(({ id }) => weak.has(id));
  const part = sumNano(held.map(({ spend }) => positive(spend.total)));
  if (total > 0n) return exact(part, total);
  return weak.size > 0 ? exact(1n) : ZERO;
}

function positive(nano: bigint): bigint {
  return nano > 0n ? nano : 0n;
}
