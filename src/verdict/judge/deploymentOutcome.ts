/** Derives each deployment's verdict from the stack's decision, beside its own verdict. */

import type { Exact } from '../../domain/exact.ts';
import { CHOICES, type Choice } from '../../economics/offer.ts';
import { BASE_ASSUMPTIONS } from '../../economics/options.ts';
import type { DeploymentEconomics } from '../../economics/result.ts';
import type { Verdict } from '../auditWord.ts';
import type { Obstacle } from '../reason.ts';
import { optionSaving } from './deploymentReasons.ts';
import type { OwnVerdict } from './deploymentVerdict.ts';
import type { StackOwnVerdict } from './stackVerdict.ts';

export interface Decided {
  readonly option: Choice;
  /**
   * `advised`: its own verdict advises the change too. `with-the-plan`: it changes although its own
   * verdict does not advise it. `kept`: its own verdict keeps it too. `held-back`: it is kept
   * although its own verdict advises a change.
   */
  readonly because: 'advised' | 'with-the-plan' | 'kept' | 'held-back';
  /** The deployment's own verdict, regardless of the rest of the stack. */
  readonly alone: Verdict;
  readonly heldBack?: HeldBackChange;
}

/** A change that a deployment's own verdict advises and the stack's decision does not make. */
export interface HeldBackChange {
  readonly option: Choice;
  /** Saving of the deployment alone, without the stack's fixed costs. */
  readonly savingUsd: Exact;
  readonly because: Obstacle;
}

/** The result for one deployment under the stack's decision. */
export interface DeploymentOutcome {
  readonly verdict: Verdict;
  readonly leaning?: Verdict;
  readonly decided: Decided;
  /**
   * The option that it changes to. If it is kept: the option that its own verdict advises, or else
   * the cheapest alternative. Absent if no alternative has a price.
   */
  readonly subject?: Choice;
  /**
   * Saving of the option it changes to, or else of the cheapest option (0 for keeping), at base
   * assumptions.
   */
  readonly savingUsd: Exact;
}

export interface DeploymentPicks {
  /**
   * The choice in the decided plan and in the judged plan. They differ if the judged plan is not
   * advised.
   */
  readonly decided: Choice;
  readonly judged: Choice;
}

/** The change that a verdict advises. `undefined` if it keeps or is open. */
export function advisedChange(verdict: Verdict): Exclude<Choice, 'keep'> | undefined {
  return CHOICES.filter((choice) => choice !== 'keep').find((choice) => choice === verdict);
}

export function decideDeployment(alone: OwnVerdict, by: DecidedBy): DeploymentOutcome {
  const { decided: option } = by.picks;
  if (option === 'keep') return { ...subjectOf(alone), ...kept(alone, by) };
  const { verdict } = alone;
  const because = verdict === option ? 'advised' : 'with-the-plan';
  return {
    verdict: option,
    decided: { option, because, alone: verdict },
    subject: option,
    savingUsd: optionSaving(by.deployment, option, BASE_ASSUMPTIONS),
  };
}

function subjectOf({
  subject,
  savingUsd,
}: OwnVerdict): Pick<DeploymentOutcome, 'subject' | 'savingUsd'> {
  return { ...(subject === undefined ? {} : { subject }), savingUsd };
}

type Kept = Omit<DeploymentOutcome, 'subject' | 'savingUsd'>;

function kept({ verdict, leaning }: OwnVerdict, { deployment, picks, stack }: DecidedBy): Kept {
  const option = 'keep';
  const advised = advisedChange(verdict);
  if (advised === undefined) {
    const decided = { option, because: 'kept', alone: verdict } as const;
    return { verdict, ...(leaning === undefined ? {} : { leaning }), decided };
  }
  const heldBack = {
    option: advised,
    savingUsd: optionSaving(deployment, advised, BASE_ASSUMPTIONS),
    because: obstacleOf(picks.judged, stack),
  };
  const decided = { option, because: 'held-back', alone: verdict, heldBack } as const;
  const isWaiting = heldBack.because === 'reversal';
  return { verdict: heldVerdict(stack), ...(isWaiting ? { leaning: picks.judged } : {}), decided };
}

export interface DecidedBy {
  readonly deployment: DeploymentEconomics;
  readonly picks: DeploymentPicks;
  readonly stack: StackOwnVerdict;
}

/**
 * If the stack's verdict is open, so is the deployment's. If the plan is advised, the deployment is
 * kept.
 */
function heldVerdict({ verdict }: StackOwnVerdict): Verdict {
  return advisedChange(verdict) === undefined ? verdict : 'keep';
}

/**
 * Why the stack's plan lacks the change. Deployments share only the stack's fixed costs, so nothing
 * else can keep an option out of a plan.
 */
function obstacleOf(
  judged: Choice,
  { verdict, leaning }: StackOwnVerdict,
): HeldBackChange['because'] {
  if (verdict === 'not enough evidence') return 'no-evidence';
  if (judged === 'keep') return 'fixed-labor';
  if (leaning !== undefined) return 'reversal';
  return verdict === 'too small to act on' ? 'too-small' : 'not-certain';
}
