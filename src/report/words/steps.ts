/**
 * Knows what to do next, in order, with the dollars of each step, so that the steps sum to the
 * headline.
 */

import { decimal, isZero, ZERO } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditStep, StepAction } from '../../verdict/auditDecision.ts';
import { dollars, percent } from '../format.ts';
import { shownName, shownSentence, shownText } from '../label.ts';
import { dayName } from './period.ts';
import { capital } from './plan.ts';
import { plannedDeeds } from './plannedSteps.ts';
import { isOpen, known, type Situation } from './reading.ts';
import { type Deed, type Deeds, laidOut, type Step, worthOf } from './stepLines.ts';

export function stepsOf(audit: Audit, situation: Situation): Step[] {
  return laidOut(audit, deedsOf(audit, situation));
}

/** All of them, however many. */
export function deedsOf(audit: Audit, situation: Situation): Deeds {
  const { steps } = audit.stack;
  const waits = waiting(situation);
  if (steps.length === 0) {
    const after = [...waits, ...repairs(audit, situation)];
    return { plan: plannedDeeds(audit, situation), after: after.map(freeDeed) };
  }
  const attributing = attribute(audit);
  if (situation === 'change') {
    return { plan: steps.map(toldDeed), after: attributing.map(freeDeed) };
  }
  const rest = steps.filter(({ action }) => BESIDE_THE_PLAN.has(action)).map(stepText);
  return { plan: [], after: [...waits, ...rest, ...attributing].map(freeDeed) };
}

/** What is not about money. */
function freeDeed(what: string): Deed {
  return { what, worth: '', usd: ZERO };
}

/** What is done where nothing changes, too. */
const BESIDE_THE_PLAN: ReadonlySet<StepAction> = new Set([
  'renegotiate',
  'renew-waiver',
  'get-evidence',
  'attribute',
]);

function toldDeed(step: AuditStep): Deed {
  const usd = decimal(step.savingUsd);
  return { what: stepText(step), worth: worthOf(usd), usd };
}

/** Its text names whom it concerns; most texts of a day by which to do it name that too. */
function stepText({ action, text, by }: AuditStep): string {
  const what = capital(shownText(text, 400).replace(/\.$/, ''));
  return by === null || DATED.has(action) ? what : `${what} (by ${dayName(by)})`;
}

const DATED: ReadonlySet<StepAction> = new Set(['renegotiate', 'renew-waiver']);

function waiting(situation: Situation): string[] {
  if (situation === 'keep') return ['Change nothing: renew the rent as it is'];
  return isOpen(situation) ? ['Change nothing yet: look again next quarter'] : [];
}

/** What would make the next report better founded. */
function repairs(audit: Audit, situation: Situation): string[] {
  const { stack, deployments } = audit;
  const missing = situation === 'change' || situation === 'keep' ? [] : stack.missing;
  const expired = deployments.flatMap(({ id, waiver }) =>
    waiver?.expired === true ? [askAgain(shownName(id), shownName(waiver.owner))] : [],
  );
  return [
    ...missing.map((text) => shownSentence(text).replace(/\.$/, '')),
    ...expired,
    ...attribute(audit),
  ];
}

function askAgain(deployment: string, owner: string): string {
  return `Ask ${owner} whether ${deployment} must still stay: its waiver has expired`;
}

function attribute({ totals, stack }: Audit): string[] {
  const unattributed = decimal(totals.unattributedUsd);
  const share = known(totals.unattributedShare);
  const isTold = stack.steps.some(({ action }) => action === 'attribute');
  if (isZero(unattributed) || isTold) return [];
  const part = share === undefined ? '' : ` (${percent(share)} of the spend)`;
  return [`Match ${dollars(unattributed)}${part} to a deployment in rentcheck.yaml`];
}
