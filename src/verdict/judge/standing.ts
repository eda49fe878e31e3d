/** What the last audit said and still stands, so that answers do not turn every quarter. */

import { compare, divide, type Exact, subtract } from '../../domain/exact.ts';
import type { Audit } from '../audit.ts';
import type { Verdict } from '../auditWord.ts';
import { sixPlaces } from '../../domain/figureText.ts';
import type { Objection } from '../reason.ts';

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
  'too small to act on',
  'not certain enough',
  'too close to call',
  'not enough evidence',
]);

/** What was done as advised is what is kept now: to keep it on turns nothing. */
const DONE: Standing = { verdict: 'keep' };

/** By deployment; whether its last advice was taken, as far as that can be told. */
type Advice = readonly { readonly deployment: string; readonly taken: boolean | null }[];

/**
 * Audits of older versions tell of no standing: their own verdict is all there is. What was
 * decided for the stack was done where all of its changes were.
 */
export function standingsOf(previous: Audit | undefined, advice: Advice = []): Standings {
  if (previous === undefined) return NO_STANDINGS;
  const { stack, deployments } = previous;
  const done = new Set(advice.filter(({ taken }) => taken === true).map((each) => each.deployment));
  const decided = stack.decision?.plan ?? stack.bestPlan;
  const changes = decided.filter(({ option }) => option !== 'keep');
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
 * enough, or it says so for the second quarter in a row. Of $10,000, $3,000 at 30%.
 */
export function reversalObjection(
  { to, standingUsd, usd }: Reversal,
  standing: Standing,
  neededShare: Exact,
): Objection | undefined {
  const { verdict: from, leaning } = standing;
  if (from === undefined || from === to || leaning === to) return undefined;
  if (standingUsd === undefined || standingUsd.num <= 0n) return undefined;
  const savingShare = divide(subtract(standingUsd, usd), standingUsd);
  if (compare(savingShare, neededShare) >= 0) return undefined;
  return {
    code: 'reversal',
    to,
    from,
    // Down, also below nothing: away from what is needed.
    savingShare: sixPlaces(savingShare, 'floor'),
    neededShare: sixPlaces(neededShare),
  };
}
