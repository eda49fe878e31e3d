/** Knows what the last audit said and still stands, so that answers do not turn every quarter. */

import { compare, divide, type Exact, negate, subtract } from '../../domain/exact.ts';
import type { Audit } from '../audit.ts';
import type { Verdict } from '../auditWord.ts';
import { percent } from '../words.ts';

export interface Standing {
  /** The last verdict that was neither open nor without evidence. */
  readonly verdict?: Verdict | undefined;
  /** What the last audit would have advised, had it not been a reversal. */
  readonly leaning?: Verdict | undefined;
}

export interface Standings {
  readonly stack: Standing;
  readonly deployments: ReadonlyMap<string, Standing>;
}

export const NO_STANDINGS: Standings = { stack: {}, deployments: new Map() };

/** What is neither an answer nor a matter of cost stands for nothing. */
const OPEN: ReadonlySet<Verdict> = new Set([
  'keep (required)',
  'too close to call',
  'not enough evidence',
]);

/** What was done as advised is what is kept now: to keep it on turns nothing. */
const DONE: Standing = { verdict: 'keep' };

/** By deployment; whether its last advice was taken, as far as that can be told. */
type Advice = readonly { readonly deployment: string; readonly taken: boolean | null }[];

/**
 * Audits of older versions tell of no standing: their own verdict is all there is. The stack's plan
 * was done where all of its changes were.
 */
export function standingsOf(previous: Audit | undefined, advice: Advice = []): Standings {
  if (previous === undefined) return NO_STANDINGS;
  const { stack, deployments } = previous;
  const done = new Set(advice.filter(({ taken }) => taken === true).map((each) => each.deployment));
  const changes = stack.bestPlan.filter(({ option }) => option !== 'keep');
  const isDone = changes.length > 0 && changes.every(({ deployment }) => done.has(deployment));
  return {
    stack: isDone ? DONE : standingOf(stack),
    deployments: new Map(
      deployments.map((each) => [each.id, done.has(each.id) ? DONE : standingOf(each)]),
    ),
  };
}

interface Told {
  readonly verdict: Verdict;
  readonly standing?: Verdict | null;
  readonly leaning?: Verdict | null;
}

function standingOf({ verdict, standing, leaning }: Told): Standing {
  return {
    verdict: standingAfter(verdict, { verdict: standing ?? undefined }),
    leaning: leaning ?? undefined,
  };
}

/** The verdict itself where it is an answer, else what stood before. */
export function standingAfter(verdict: Verdict, before: Standing): Verdict | undefined {
  return OPEN.has(verdict) ? before.verdict : verdict;
}

export interface Reversal {
  readonly to: Verdict;
  /** What the standing answer would cost now; absent where that is unknown. */
  readonly standingUsd: Exact | undefined;
  readonly usd: Exact;
}

/**
 * Why an answer must wait that reverses the standing one; `undefined` where it need not: it saves
 * enough, or it says so for the second quarter in a row. Of $10,000, $3,000 at 30 %.
 */
export function reversalDoubt(
  { to, standingUsd, usd }: Reversal,
  standing: Standing,
  neededShare: Exact,
): string | undefined {
  const { verdict, leaning } = standing;
  if (verdict === undefined || verdict === to || leaning === to) return undefined;
  if (standingUsd === undefined) return undefined;
  const saving = subtract(standingUsd, usd);
  if (standingUsd.num <= 0n || compare(divide(saving, standingUsd), neededShare) >= 0) {
    return undefined;
  }
  const reversed = `"${to}" would reverse the standing answer "${verdict}" for`;
  return (
    `${reversed} ${differenceText(divide(saving, standingUsd))}, and ${percent(neededShare)} is ` +
    'needed: it is advised if it holds for another quarter.'
  );
}

/** Rounded away from what is needed, so that what falls short never reads as enough. */
function differenceText(share: Exact): string {
  if (share.num < 0n) return `${percent(negate(share), 'ceiling')} more`;
  return `${percent(share, 'floor')} less`;
}
