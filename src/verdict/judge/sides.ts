/** Says what a comparison lacks on its side of the bill, and where bill and usage disagree. */

import { compare, type Exact, exact, ONE, subtract } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import type { MissingMonth } from '../../economics/stackParts.ts';
import {
  importText,
  spanText,
  unbilledTokensText,
  unbilledWarnings,
  watchedText,
} from '../../economics/usage/sideWarnings.ts';
import { stackUnbilled } from '../../economics/usage/unbilled.ts';
import { isApart } from '../../economics/usage/watched.ts';
import type { Verdict } from '../auditWord.ts';
import type { Policy } from '../policy.ts';
import { percent } from '../words.ts';

/**
 * Enough of the whole stack's tokens must have been billed, those of deployments that must stay or
 * were billed nothing included. Where nothing was billed at all, that alone is said.
 */
export function missingBills(economics: StackEconomics, policy: Policy): string[] {
  const { deployments, missingMonths: months, bill } = economics;
  if (bill.spend === 0n && bill.unattributedShare === undefined) return [];
  const whose = 'the stack';
  const sources = billers(economics);
  return unbilledText({ ...stackUnbilled(deployments), whose, sources, months }, policy);
}

/** What a verdict on the stack leaves out; where there is none for want of bills, that says it. */
export function unbilledReasons(economics: StackEconomics, verdict: Verdict): string[] {
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
): string[] {
  // Where no charge, or none that buys time, is there at all, that alone is said.
  const isNone = sources.length === 0 || (served.tokens === 0 && time.coverage === undefined);
  if (unbilled === undefined || isNone) return [];
  return unbilledText({ ...unbilled, billedTokens: served.tokens, whose: id, months }, policy);
}

interface UnbilledTerms {
  readonly tokens: number;
  readonly share: Exact;
  readonly billedTokens: number;
  readonly periods: readonly Period[];
  readonly whose: string;
  readonly sources: readonly string[];
  readonly months: readonly MissingMonth[];
}

/** As much may be unbilled as may be uncovered. */
function unbilledText(terms: UnbilledTerms, { minCoverage }: Policy): string[] {
  const { billedTokens, periods, whose, sources, months, share } = terms;
  const [first] = periods;
  const most = subtract(ONE, minCoverage);
  if (first === undefined || compare(share, most) <= 0) return [];
  return [
    `Nothing was billed for ${unbilledTokensText(terms, billedTokens)} of ${whose}, and at most ` +
      `${percent(most)} may be unbilled; the first such time is ${spanText(first)}: ` +
      `${importText(sources, months)}.`,
  ];
}

/** Paid and seen replica time so far apart are no two sides of one thing. */
const TOO_FAR = exact(2n);

/** Above twice apart there is no verdict. */
export function disagreeing({ id, time: { watched } }: DeploymentEconomics): string[] {
  if (watched === undefined || !isApart(watched, TOO_FAR)) return [];
  return [`${watchedText(watched)} of ${id}: more than twice apart, they allow no verdict.`];
}
