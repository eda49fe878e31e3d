/** Builds the page's list of actions, each with owner, dollars and deadline. */

import { type Exact, subtract, sum } from '../../domain/exact.ts';
import type { StepAction, AuditStep } from '../../verdict/auditDecision.ts';
import { actionPhrase } from '../copy/actions.ts';
import { oneLine, shownName, shownSentence, capital } from '../displayText.ts';
import type { AuditReading } from './auditReading.ts';
import type { Reading } from './storedAmounts.ts';
import { dollars, dollarsTo, UNKNOWN, dayName } from '../format.ts';
import {
  BESIDE_THE_PLAN,
  isUnderACent,
  type ListedStep,
  type ListedSteps,
  SHARED_COST,
} from './steps.ts';
import { countDecimals, summedParts } from './summedAmounts.ts';
import type { Reader } from '../locale.ts';

/** An action as text. */
export interface Action {
  readonly what: string;
  /** Person or team, or `not set`. */
  readonly owner: string;
  readonly dollars: string;
  readonly deadline: string;
  /** True if its dollars are part of the total saving, false if they are at stake. */
  readonly isSaving: boolean;
}

/**
 * `$6,306 at stake. Owner: legal. Due: Dec 31, 2026.` The dollars appear only if no savings column
 * has them.
 */
export function ownerLine({ owner, deadline, dollars, isSaving }: Action): string {
  const stake = isSaving ? '' : `${capital(dollars)}. `;
  return `${stake}Owner: ${owner}. Due: ${deadline}.`;
}

export interface ActionList {
  /** The plan's actions first. Their dollars sum to the total. */
  readonly listed: readonly Action[];
  /** The plan's other actions, summed: `3 more actions, in the appendix`, `$1,200`. */
  readonly more?: LabeledAmount;
  /** Total of all the plan's actions, listed or not. Absent if only one has dollars. */
  readonly total?: LabeledAmount;
  /** Sentence on the number of other actions that are not listed. May be empty. */
  readonly left: string;
}

export const ACTIONS_TITLE = 'What to do';

export interface LabeledAmount {
  readonly what: string;
  readonly dollars: string;
}

export const NO_ACTIONS: ActionList = { listed: [], left: '' };

const MOST_ACTIONS = 5;

/**
 * Lists at most `most` actions, from 1 up: the plan's first. From 2 up, at least one other action
 * is listed if there is any.
 */
export function listActions(
  audit: AuditReading,
  steps: ListedSteps,
  reader: Reader,
  most = MOST_ACTIONS,
): ActionList {
  const plan = withRest(steps.plan.filter(isOfPlan), audit, reader);
  const isOlder = audit.stored.stack.steps.every(({ stakeUsd }) => stakeUsd === undefined);
  const others = [...steps.plan.filter((entry) => !isOfPlan(entry)), ...steps.others].filter(
    // Actions without a step have no owner and no deadline. The appendix lists them.
    ({ step }) => isOlder || step !== undefined,
  );
  const room = Math.max(1, most - (others.length > 0 && most > 1 ? 1 : 0));
  const shown = plan.slice(0, plan.length <= most - others.length ? most : room);
  const shownOthers = others.slice(0, most - shown.length);
  const total = audit.stack.savingUsd.base;
  const amounts = plan.flatMap(({ usd }) => usd ?? []);
  const isSummed = total !== undefined && amounts.length === plan.length && plan.length > 1;
  const whole = isSummed ? total : sum(amounts);
  const places = isSummed ? countDecimals(whole) : undefined;
  const printed = isSummed ? summedParts(amounts, whole, places) : amounts;
  const text = (usd: Exact) =>
    places === undefined ? dollars(usd, reader) : dollarsTo(usd, places, reader);
  const rest = printed.slice(shown.length);
  return {
    listed: [
      ...shown.map((entry, at) =>
        toAction(entry, plannedText(entry, printed[at], text), true, reader),
      ),
      ...shownOthers.map((entry) => toAction(entry, stakeText(entry, reader), false, reader)),
    ],
    ...(plan.length > shown.length
      ? {
          more: {
            what: moreText(plan.length - shown.length),
            dollars: amounts.length < plan.length ? UNKNOWN : text(sum(rest)),
          },
        }
      : {}),
    ...(isSummed
      ? {
          total: {
            what: `Total saved ${audit.perPeriod}`,
            dollars: dollars(whole, reader),
          },
        }
      : {}),
    left: others.length > shownOthers.length ? leftText(others.length - shownOthers.length) : '',
  };
}

/** True for actions that change the stack or its cost, unlike waivers or missing evidence. */
function isOfPlan({ step }: ListedStep): boolean {
  return step === undefined || !BESIDE_THE_PLAN.has(step.action);
}

function moreText(count: number): string {
  return `${count} more ${count === 1 ? 'action' : 'actions'}, in the appendix`;
}

function leftText(count: number): string {
  return count === 1
    ? 'One more action is in the appendix.'
    : `${count} more actions are in the appendix.`;
}

/** Adds the stack's shared cost, which audits of older versions do not state. */
function withRest(
  plan: readonly ListedStep[],
  { stack }: AuditReading,
  reader: Reader,
): readonly ListedStep[] {
  const saving = stack.savingUsd.base;
  const amounts = plan.flatMap(({ usd }) => usd ?? []);
  if (plan.length === 0 || saving === undefined || amounts.length < plan.length) return plan;
  const rest = subtract(saving, sum(amounts));
  if (isUnderACent(rest)) return plan;
  const worth = dollars(rest, reader);
  return [...plan, { what: SHARED_COST, worth, usd: rest, isMissing: false }];
}

function plannedText(
  { usd }: ListedStep,
  printed: Exact | undefined,
  text: (usd: Exact) => string,
): string {
  return usd === undefined || printed === undefined ? UNKNOWN : text(printed);
}

/** Dollars at stake in an action without a saving of its own. */
function stakeText({ step, stakeUsd }: ListedStep, reader: Reader): string {
  const stake = stakeUsd ?? step?.stakeUsd;
  if (stake === undefined) return 'amount unknown';
  const isSpend = step === undefined || ON_SPEND.has(step.action);
  return `${dollars(stake, reader)} ${isSpend ? 'of spend' : 'at stake'}`;
}

/** Actions whose dollars are spend, not a possible saving. */
const ON_SPEND: ReadonlySet<StepAction> = new Set(['review', 'get-evidence', 'attribute']);

function toAction(
  { what, step }: ListedStep,
  amount: string,
  isSaving: boolean,
  reader: Reader,
): Action {
  const owner = step?.owner ?? null;
  return {
    what: step === undefined ? what : actionText(step, reader),
    owner: owner === null ? 'not set' : shownName(owner),
    dollars: amount,
    isSaving,
    deadline: deadlineText(step, reader),
  };
}

const MOST_CHARACTERS = 140;

/** The stored sentence for a code of a newer version. */
function actionText({ detail, text }: Reading<AuditStep>, reader: Reader): string {
  const known = detail === undefined ? undefined : actionPhrase(detail, reader);
  return known ?? oneLine(shownSentence(text, reader).replace(/\.$/, ''), MOST_CHARACTERS);
}

/** The next possible day, with the missed deadline if there is one. */
function deadlineText(step: Reading<AuditStep> | undefined, reader: Reader): string {
  if (step === undefined || step.by === null) return 'not set';
  const missed = step.missed ?? null;
  const note = missed === null ? '' : ` (${dayName(missed, reader)} was missed)`;
  return `${dayName(step.by, reader)}${note}`;
}
