/** What the one decision on the stack makes of each deployment, beside its verdict alone. */

import type { Exact } from '../../domain/exact.ts';
import { CHOICES, type Choice } from '../../economics/offer.ts';
import { AT_BASE } from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { Verdict } from '../auditWord.ts';
import type { Obstacle } from '../reason.ts';
import { savingOf } from './deploymentReasons.ts';
import type { Judged } from './deploymentVerdict.ts';
import type { StackJudged } from './stackVerdict.ts';

export interface Decided {
  readonly option: Choice;
  /**
   * `advised` alone too; `with-the-plan`: changed though it is not advised alone; `kept` as its own
   * verdict says; `held-back`: kept though a change is advised alone.
   */
  readonly because: 'advised' | 'with-the-plan' | 'kept' | 'held-back';
  /** The verdict on it alone. */
  readonly alone: Verdict;
  readonly heldBack?: HeldBack;
}

/** A change that is advised alone, and that the decision on the stack does not make. */
export interface HeldBack {
  readonly option: Choice;
  /** Alone, without what the stack pays once. */
  readonly savingUsd: Exact;
  readonly because: Obstacle;
}

/** What is told of one deployment, by the decision. */
export interface Told {
  readonly verdict: Verdict;
  readonly leaning?: Verdict;
  readonly decided: Decided;
  /** What it changes to; kept, what its own verdict is about. Absent where nothing is. */
  readonly subject?: Choice;
  /** Of what it changes to; kept, of the cheapest option, and 0 where that is to keep. */
  readonly savingUsd: Exact;
}

export interface Picks {
  /** By what is decided, and by the plan that was judged; they differ where it is not advised. */
  readonly decided: Choice;
  readonly judged: Choice;
}

/** The change that a verdict advises; `undefined` for one that keeps or is open. */
export function adviceIn(verdict: Verdict): Exclude<Choice, 'keep'> | undefined {
  return CHOICES.filter((choice) => choice !== 'keep').find((choice) => choice === verdict);
}

export function tell(alone: Judged, by: DecidedBy): Told {
  const { decided: option } = by.picks;
  if (option === 'keep') return { ...subjectOf(alone), ...kept(alone, by) };
  const { verdict } = alone;
  const because = verdict === option ? 'advised' : 'with-the-plan';
  return {
    verdict: option,
    decided: { option, because, alone: verdict },
    subject: option,
    savingUsd: savingOf(by.deployment, option, AT_BASE),
  };
}

function subjectOf({ subject, savingUsd }: Judged): Pick<Told, 'subject' | 'savingUsd'> {
  return { ...(subject === undefined ? {} : { subject }), savingUsd };
}

type Kept = Omit<Told, 'subject' | 'savingUsd'>;

function kept({ verdict, leaning }: Judged, { deployment, picks, stack }: DecidedBy): Kept {
  const option = 'keep';
  const advised = adviceIn(verdict);
  if (advised === undefined) {
    const decided = { option, because: 'kept', alone: verdict } as const;
    return { verdict, ...(leaning === undefined ? {} : { leaning }), decided };
  }
  const heldBack = {
    option: advised,
    savingUsd: savingOf(deployment, advised, AT_BASE),
    because: obstacleOf(picks.judged, stack),
  };
  const decided = { option, because: 'held-back', alone: verdict, heldBack } as const;
  const isWaiting = heldBack.because === 'reversal';
  return { verdict: heldVerdict(stack), ...(isWaiting ? { leaning: picks.judged } : {}), decided };
}

export interface DecidedBy {
  readonly deployment: DeploymentEconomics;
  readonly picks: Picks;
  readonly stack: StackJudged;
}

/** What is open for the stack is open for it; beside a plan that is made, it is kept. */
function heldVerdict({ verdict }: StackJudged): Verdict {
  return adviceIn(verdict) === undefined ? verdict : 'keep';
}

/** Options meet in nothing but what the stack pays once: only that can keep one out of a plan. */
function obstacleOf(judged: Choice, { verdict, leaning }: StackJudged): HeldBack['because'] {
  if (verdict === 'not enough evidence') return 'no-evidence';
  if (judged === 'keep') return 'fixed-labor';
  if (leaning !== undefined) return 'reversal';
  return verdict === 'too small to act on' ? 'too-small' : 'not-certain';
}
