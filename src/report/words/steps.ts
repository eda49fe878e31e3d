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
import { known, type Situation } from './reading.ts';
import { type Deed, laidOut, type Step } from './stepLines.ts';

export function stepsOf(audit: Audit, situation: Situation): Step[] {
  const { steps } = audit.stack;
  const waits = waiting(situation);
  if (steps.length === 0) {
    const after = [...waits, ...repairs(audit, situation)];
    return laidOut(audit, plannedDeeds(audit, situation), after);
  }
  if (situation === 'change') return laidOut(audit, steps.map(toldDeed), attribute(audit));
  if (situation === 'close') {
    const wait = waits.map((what) => ({ what, worth: '', usd: ZERO }));
    return laidOut(audit, [...wait, ...steps.map(toldDeed)], attribute(audit));
  }
  const rest = steps.filter(({ action }) => BESIDE_THE_PLAN.has(action));
  return laidOut(audit, [], [...waits, ...rest.map(stepText), ...attribute(audit)]);
}

/** What may be done though nobody knows yet what to change. */
const BESIDE_THE_PLAN: ReadonlySet<StepAction> = new Set([
  'renegotiate',
  'renew-waiver',
  'get-evidence',
]);

function toldDeed(step: AuditStep): Deed {
  const usd = decimal(step.savingUsd);
  return { what: stepText(step), worth: isZero(usd) ? '' : dollars(usd), usd };
}

/** With the name of whom it concerns, and the day by which it must be done. */
function stepText({ deployment, text, by }: AuditStep): string {
  const deed = shownText(text, 400).replace(/\.$/, '');
  const isNamed = deployment === null || text.includes(deployment);
  const what = isNamed ? capital(deed) : `${shownName(deployment)}: ${deed}`;
  return by === null || text.includes(by) ? what : `${what} (by ${dayName(by)})`;
}

function waiting(situation: Situation): string[] {
  if (situation === 'keep') return ['Change nothing: renew the rent as it is'];
  return situation === 'close' ? ['Change nothing yet: look again next quarter'] : [];
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
  const isTold = stack.steps.some(({ text }) => text.includes('belongs to no deployment'));
  if (isZero(unattributed) || isTold) return [];
  const part = share === undefined ? '' : ` (${percent(share)} of the spend)`;
  return [`Match ${dollars(unattributed)}${part} to a deployment in rentcheck.yaml`];
}
