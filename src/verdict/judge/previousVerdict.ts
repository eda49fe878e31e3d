/**
 * Reads the previous verdicts, and delays reversals, so verdicts do not change back and forth every
 * quarter.
 */

import { compare, divide, type Exact, subtract } from '../../domain/exact.ts';
import type { Audit } from '../audit.ts';
import type { Verdict } from '../auditWord.ts';
import { sixPlaces } from '../../domain/figures.ts';
import type { Objection } from '../reason.ts';

export interface PreviousVerdict {
  /** The last conclusive verdict. Open verdicts and verdicts without evidence do not count. */
  readonly verdict?: Verdict | undefined;
  /** The reversal that the last audit postponed. */
  readonly leaning?: Verdict | undefined;
}

export interface PreviousVerdicts {
  readonly stack: PreviousVerdict;
  readonly deployments: ReadonlyMap<string, PreviousVerdict>;
}

export const NO_PREVIOUS_VERDICTS: PreviousVerdicts = { stack: {}, deployments: new Map() };

/** Verdicts that are not conclusive, or not based on cost. */
const OPEN: ReadonlySet<Verdict> = new Set([
  'keep (required)',
  'too small to act on',
  'not certain enough',
  'too close to call',
  'not enough evidence',
]);

/** Advice that was taken counts as `keep`: keeping the result is no reversal. */
const DONE: PreviousVerdict = { verdict: 'keep' };

/** Whether each deployment's last advice was taken. Null if unknown. */
type Advice = readonly { readonly deployment: string; readonly taken: boolean | null }[];

/**
 * Reads the previous verdicts from an audit. In audits of older versions, the verdict itself is
 * used. The stack's plan counts as carried out if all of its changes were.
 */
export function readPreviousVerdicts(
  previous: Audit | undefined,
  advice: Advice = [],
): PreviousVerdicts {
  if (previous === undefined) return NO_PREVIOUS_VERDICTS;
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

interface StoredVerdict {
  readonly verdict: Verdict;
  readonly standing?: Verdict | null;
  readonly leaning?: Verdict | null;
}

function standingOf({ verdict, standing, leaning }: StoredVerdict): PreviousVerdict {
  return {
    verdict: lastConclusiveVerdict(verdict, { verdict: standing ?? undefined }),
    leaning: leaning ?? undefined,
  };
}

/** The verdict itself if it is conclusive, otherwise the previous one. */
export function lastConclusiveVerdict(
  verdict: Verdict,
  before: PreviousVerdict,
): Verdict | undefined {
  return OPEN.has(verdict) ? before.verdict : verdict;
}

export interface Reversal {
  readonly to: Verdict;
  /** Current cost of the previous verdict. Absent if unknown. */
  readonly standingUsd: Exact | undefined;
  readonly usd: Exact;
}

/**
 * The objection to a reversal that must wait. `undefined` if it saves enough, or is the result for
 * the second quarter in a row. Of $10,000 at 30%, it must save $3,000.
 */
export function reversalObjection(
  { to, standingUsd, usd }: Reversal,
  standing: PreviousVerdict,
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
    // Rounded down, also below 0, so it never reads as the needed share.
    savingShare: sixPlaces(savingShare, 'floor'),
    neededShare: sixPlaces(neededShare),
  };
}
