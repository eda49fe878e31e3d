/**
 * Finds evidence that is missing for a verdict, such as bills, for the stack and for each
 * deployment.
 */

import { toGapFact, toUnconvertedFacts, toUnreconciledFacts } from '../../domain/billIssues.ts';
import type { BillGap } from '../../domain/completeness.ts';
import type { UnconvertedCharges } from '../../domain/currency.ts';
import { compare, type Exact, exact, ONE, subtract, ZERO } from '../../domain/exact.ts';
import { sumNano, usd, usdText } from '../../domain/money.ts';
import { dayText, type Period } from '../../domain/period.ts';
import type { ReconciledMonth } from '../../domain/reconciliation.ts';
import { hostedCost } from '../../economics/options.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { MissingMonth } from '../../economics/stackParts.ts';
import { sixPlaces } from '../../domain/figures.ts';
import type { Policy } from '../policy.ts';
import type { Missing } from '../reason.ts';
import { mustStay } from './deploymentVerdict.ts';
import {
  differsBy,
  toObservedFigures,
  unbilledFigures,
  unbilledMonth,
  unbilledWarnings,
} from '../../economics/usage/warnings.ts';
import { stackUnbilled } from '../../economics/usage/unbilled.ts';
import type { Warning } from '../../economics/warning.ts';
import type { Verdict } from '../auditWord.ts';

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
function missingForStack(
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
function missingCoverage({ coverage }: StackEconomics, { minCoverage }: Policy): Missing[] {
  if (coverage === undefined || compare(coverage, minCoverage) >= 0) return [];
  const neededShare = sixPlaces(minCoverage);
  return [{ code: 'stack-coverage', share: sixPlaces(coverage, 'floor'), neededShare }];
}

/** Evidence missing for one deployment. Time without a bill comes first. */
function missingForDeployment(
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
function shareWithoutEvidence(economics: StackEconomics, weak: ReadonlySet<string>): Exact {
  const total = sumNano(economics.deployments.map(({ spend }) => positive(spend.total)));
  const held = economics.deployments.filter(({ id }) => weak.has(id));
  const part = sumNano(held.map(({ spend }) => positive(spend.total)));
  if (total > 0n) return exact(part, total);
  return weak.size > 0 ? exact(1n) : ZERO;
}

function positive(nano: bigint): bigint {
  return nano > 0n ? nano : 0n;
}

export interface Evidence {
  /** Evidence missing for the stack's verdict. Empty if nothing is missing. */
  readonly forStack: readonly Missing[];
  /** Evidence that each deployment itself lacks. */
  readonly own: ReadonlyMap<string, readonly Missing[]>;
  /** The same plus the evidence that the whole stack lacks. */
  readonly byId: ReadonlyMap<string, readonly Missing[]>;
  /** Deployments without enough evidence, except those that must stay. */
  readonly weak: ReadonlySet<string>;
}

export function collectEvidence(
  economics: StackEconomics,
  policy: Policy,
  books: BillChecks,
): Evidence {
  const common = missingForStack(economics, policy, books);
  const own = new Map(
    economics.deployments.map((each) => [
      each.id,
      missingForDeployment(each, policy, economics.missingMonths),
    ]),
  );
  const byId = new Map([...own].map(([id, missing]) => [id, [...missing, ...common]]));
  const weak = new Set(
    economics.deployments
      .filter((each) => !mustStay(each) && (byId.get(each.id) ?? []).length > 0)
      .map(({ id }) => id),
  );
  const share = shareWithoutEvidence(economics, weak);
  const isTooWeak = common.length > 0 || compare(share, policy.maxUnattributedShare) > 0;
  const held = isTooWeak ? economics.deployments.filter(({ id }) => weak.has(id)) : [];
  const lacking = held.flatMap(({ id }) => own.get(id) ?? []);
  const unbilled = lacking.filter(({ code }) => code === 'tokens-not-billed');
  const forStack = [
    ...(unbilled.length > 0 ? unbilled : missingBills(economics, policy)),
    ...common,
    ...missingCoverage(economics, policy),
    ...(isTooWeak && common.length === 0 ? [undecided(share, policy)] : []),
    ...lacking.filter((each) => !unbilled.includes(each)),
  ];
  return { forStack, own, byId, weak };
}

function undecided(share: Exact, { maxUnattributedShare: most }: Policy): Missing {
  const held = sixPlaces(share, 'ceiling');
  return { code: 'undecided-spend', share: held, mostShare: sixPlaces(most) };
}

/** Deployments that a plan keeps because they lack evidence. */
export function undecidedDeployments({ forStack, weak }: Evidence): string[] {
  return forStack.length > 0 ? [] : [...weak];
}

/**
 * Reports too many tokens without a bill in the whole stack. Deployments that must stay, or have no
 * bill, count too. Empty if nothing was billed at all, which is reported on its own.
 */
function missingBills(economics: StackEconomics, policy: Policy): Missing[] {
  const { deployments, missingMonths: months, bill } = economics;
  if (bill.spend === 0n && bill.unattributedShare === undefined) return [];
  const sources = billers(economics);
  return unbilledTokens({ ...stackUnbilled(deployments), sources, months }, policy);
}

/**
 * Warns of tokens that the stack's verdict leaves out. Empty without a verdict, because
 * `missingBills` reports them then.
 */
export function unbilledReasons(economics: StackEconomics, verdict: Verdict): Warning[] {
  if (verdict === 'not enough evidence') return [];
  const { billedTokens, ...unbilled } = stackUnbilled(economics.deployments);
  return unbilledWarnings(billedTokens, { ...unbilled, sources: billers(economics) });
}

/** Sources of the resources with time without a bill. */
function billers({ deployments }: StackEconomics): string[] {
  return [...new Set(deployments.flatMap(({ unbilled }) => unbilled?.sources ?? []))].sort();
}

function missingForUnbilledTokens(
  { id, unbilled, served, sources, time }: DeploymentEconomics,
  policy: Policy,
  months: readonly MissingMonth[],
): Missing[] {
  // A deployment without any charge for its time is reported on its own.
  const isNone = sources.length === 0 || (served.tokens === 0 && time.coverage === undefined);
  if (unbilled === undefined || isNone) return [];
  const tokens = { ...unbilled, billedTokens: served.tokens, deployment: id };
  return unbilledTokens({ ...tokens, months }, policy);
}

interface UnbilledTerms {
  readonly tokens: number;
  readonly share: Exact;
  readonly billedTokens: number;
  readonly periods: readonly Period[];
  readonly deployment?: string;
  readonly sources: readonly string[];
  readonly months: readonly MissingMonth[];
}

/** The limit for tokens without a bill is that for time without usage. */
function unbilledTokens(terms: UnbilledTerms, { minCoverage }: Policy): Missing[] {
  const { deployment, billedTokens, share, sources } = terms;
  const figures = unbilledFigures(billedTokens, terms);
  const most = subtract(ONE, minCoverage);
  if (figures === undefined || compare(share, most) <= 0) return [];
  const own = terms.months.filter(({ sourceId }) => sources.includes(sourceId));
  return [
    {
      code: 'tokens-not-billed',
      ...(deployment === undefined ? {} : { deployment }),
      ...figures,
      mostShare: sixPlaces(most),
      months: own.map(unbilledMonth),
    },
  ];
}

/** Paid and observed replica time may differ by at most this factor. */
const TOO_FAR = exact(2n);

/** Reports replica-hours that differ by more than a factor of 2. There is no verdict then. */
function missingForReplicaHours({ id, time: { watched } }: DeploymentEconomics): Missing[] {
  if (watched === undefined || !differsBy(watched, TOO_FAR)) return [];
  return [{ code: 'replica-hours-apart', deployment: id, ...toObservedFigures(watched) }];
}

/**
 * The limit is that for unattributed spend. Worked number: $15.00 estimated missing and $85.00 of
 * spend are 15%. Above 10% there is no verdict.
 */
function missingChargesEvidence(
  { bill }: StackEconomics,
  { maxUnattributedShare: most }: Policy,
  gaps: readonly BillGap[],
): Missing[] {
  const likely = sumNano(gaps.map(({ likelyNanoUsd }) => likelyNanoUsd));
  const [largest] = gaps.toSorted((a, b) => Number(b.likelyNanoUsd - a.likelyNanoUsd));
  if (likely <= 0n || largest === undefined) return [];
  const share = exact(likely, likely + (bill.spend > 0n ? bill.spend : 0n));
  if (compare(share, most) <= 0) return [];
  const figures = { share: sixPlaces(share, 'ceiling'), mostShare: sixPlaces(most) };
  const likelyUsd = usdText(usd(likely));
  return [{ code: 'missing-charges', likelyUsd, ...figures, gap: toGapFact(largest) }];
}
