/** Finds tokens without a bill, and disagreements between bill and usage. */

import { compare, type Exact, exact, ONE, subtract } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { MissingMonth } from '../../economics/stackParts.ts';
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
import { sixPlaces } from '../../domain/figures.ts';
import type { Policy } from '../policy.ts';
import type { Missing } from '../reason.ts';
import { toGapFact } from '../../domain/billIssues.ts';
import type { BillGap } from '../../domain/completeness.ts';
import { sumNano, usd, usdText } from '../../domain/money.ts';

/**
 * Reports too many tokens without a bill in the whole stack. Deployments that must stay, or have no
 * bill, count too. Empty if nothing was billed at all, which is reported on its own.
 */
export function missingBills(economics: StackEconomics, policy: Policy): Missing[] {
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

export function missingForUnbilledTokens(
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
export function missingForReplicaHours({ id, time: { watched } }: DeploymentEconomics): Missing[] {
  if (watched === undefined || !differsBy(watched, TOO_FAR)) return [];
  return [{ code: 'replica-hours-apart', deployment: id, ...toObservedFigures(watched) }];
}

/**
 * The limit is that for unattributed spend. Worked number: $15.00 estimated missing and $85.00 of
 * spend are 15%. Above 10% there is no verdict.
 */
export function missingChargesEvidence(
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
