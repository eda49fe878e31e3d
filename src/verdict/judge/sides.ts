/** Says what a comparison lacks on its side of the bill, and where bill and usage disagree. */

import { compare, type Exact, exact, ONE, subtract } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { MissingMonth } from '../../economics/stackParts.ts';
import {
  unbilledFigures,
  unbilledMonth,
  unbilledWarnings,
  watchedFigures,
} from '../../economics/usage/sideWarnings.ts';
import { stackUnbilled } from '../../economics/usage/unbilled.ts';
import { isApart } from '../../economics/usage/watched.ts';
import type { Warning } from '../../economics/warning.ts';
import type { Verdict } from '../auditWord.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import type { Policy } from '../policy.ts';
import type { Missing } from '../reason.ts';

/**
 * Enough of the whole stack's tokens must have been billed, those of deployments that must stay or
 * were billed nothing included. Where nothing was billed at all, that alone is said.
 */
export function missingBills(economics: StackEconomics, policy: Policy): Missing[] {
  const { deployments, missingMonths: months, bill } = economics;
  if (bill.spend === 0n && bill.unattributedShare === undefined) return [];
  const sources = billers(economics);
  return unbilledTokens({ ...stackUnbilled(deployments), sources, months }, policy);
}

/** What a verdict on the stack leaves out; where there is none for want of bills, that says it. */
export function unbilledReasons(economics: StackEconomics, verdict: Verdict): Warning[] {
  if (verdict === 'not enough evidence') return [];
  const { billedTokens, ...unbilled } = stackUnbilled(economics.deployments);
  return unbilledWarnings(billedTokens, { ...unbilled, sources: billers(economics) });
}

/** Sources of the resources of which something was not billed. */
function billers({ deployments }: StackEconomics): string[] {
  return [...new Set(deployments.flatMap(({ unbilled }) => unbilled?.sources ?? []))].sort();
}

export function unbilledOf(
  { id, unbilled, served, sources, time }: DeploymentEconomics,
  policy: Policy,
  months: readonly MissingMonth[],
): Missing[] {
  // Where no charge, or none that buys time, is there at all, that alone is said.
  const isNone = sources.length === 0 || (served.tokens === 0 && time.coverage === undefined);
  if (unbilled === undefined || isNone) return [];
  const of = { ...unbilled, billedTokens: served.tokens, deployment: id };
  return unbilledTokens({ ...of, months }, policy);
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

/** As much may be unbilled as may be uncovered. */
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

/** Paid and seen replica time so far apart are no two sides of one thing. */
const TOO_FAR = exact(2n);

/** Above twice apart there is no verdict. */
export function disagreeing({ id, time: { watched } }: DeploymentEconomics): Missing[] {
  if (watched === undefined || !isApart(watched, TOO_FAR)) return [];
  return [{ code: 'replica-hours-apart', deployment: id, ...watchedFigures(watched) }];
}
