/** What to do next, in order; the dollars of the steps sum to the headline. */

import { decimal, type Exact, isZero, ZERO } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditStep, StepAction } from '../../verdict/auditDecision.ts';
import { dollars, percent } from '../format.ts';
import { stepSentence } from '../copy/steps.ts';
import { shownName } from '../label.ts';
import { factSentence } from './facts.ts';
import { dayName } from './period.ts';
import { plannedDeeds } from './plannedSteps.ts';
import { isActed, isOpen, known, type Situation } from './reading.ts';
import { missingSentences } from './reasons.ts';
import { type Deed, type Deeds, laidOut, type Step, worthOf } from './stepLines.ts';
import type { Reader } from '../locale.ts';

export function stepsOf(audit: Audit, situation: Situation, reader: Reader): Step[] {
  return laidOut(audit, deedsOf(audit, situation, reader), reader);
}

/** All of them, however many. */
export function deedsOf(audit: Audit, situation: Situation, reader: Reader): Deeds {
  const { steps } = audit.stack;
  const waits = waiting(audit, situation);
  if (steps.length === 0) {
    const lacking = lackingDeeds(audit, situation, reader);
    const after = [...waits, ...lacking, ...repairs(audit, reader)];
    return { plan: plannedDeeds(audit, situation, reader), after };
  }
  const attributing = attribute(audit, reader);
  if (situation === 'change') {
    const plan = steps.map((step) => toldDeed(step, audit.stack, reader));
    return { plan, after: attributing };
  }
  const rest = steps.filter(({ action }) => BESIDE_THE_PLAN.has(action));
  const beside = rest.map((step) => toldDeed(step, audit.stack, reader));
  return { plan: [], after: [...waits, ...beside, ...attributing] };
}

/** What saves nothing itself; dollars may hang on it. */
function freeDeed(what: string, stakeUsd?: Exact): Deed {
  const stake = stakeUsd === undefined ? {} : { stakeUsd };
  return { what, worth: '', usd: ZERO, isMissing: false, ...stake };
}

/** What is done where nothing changes, too. */
export const BESIDE_THE_PLAN: ReadonlySet<StepAction> = new Set([
  'renegotiate',
  'renew-waiver',
  'get-evidence',
  'attribute',
  'decide-contract',
  'review',
]);

function toldDeed(step: AuditStep, stack: Audit['stack'], reader: Reader): Deed {
  const usd = decimal(step.savingUsd);
  return {
    what: stepText(step, reader),
    worth: worthOf(usd, reader),
    usd,
    isMissing: isMissing(step, stack),
    step,
  };
}

/** Audits of older versions tell both in words alone. */
function isMissing({ detail, text }: AuditStep, stack: Audit['stack']): boolean {
  if (detail === undefined) return stack.missing.includes(text);
  if (!('missing' in detail)) return false;
  const fact = JSON.stringify(detail.missing);
  return stack.missingDetails?.some((each) => JSON.stringify(each) === fact) === true;
}

/** Its text names whom it concerns; most texts of a day by which to do it name that too. */
function stepText({ action, detail, text, by }: AuditStep, reader: Reader): string {
  const what = factSentence({ fact: detail, stored: text }, stepSentence, reader).replace(
    /\.$/,
    '',
  );
  return by === null || DATED.has(action) ? what : `${what} (by ${dayName(by, reader)})`;
}

const DATED: ReadonlySet<StepAction> = new Set(['renegotiate', 'renew-waiver']);

function waiting({ deployments, totals, stack }: Audit, situation: Situation): Deed[] {
  if (stack.steps.some(({ action }) => action === 'review')) return [];
  const which =
    deployments.length === 1
      ? 'the deployment as it is'
      : `all ${deployments.length} deployments as they are`;
  const spend = decimal(totals.spendUsd);
  if (situation === 'keep') return [freeDeed(`Keep ${which}`, spend)];
  if (!isOpen(situation)) return [];
  return [freeDeed(`Keep ${which}, and decide again in the next report`, spend)];
}

/** What a verdict lacks that is not given. */
function lackingDeeds({ stack }: Audit, situation: Situation, reader: Reader): Deed[] {
  if (isActed(situation)) return [];
  return missingSentences(stack, reader).map((text) => {
    return { ...freeDeed(text.replace(/\.$/, '')), isMissing: true };
  });
}

/** What would make the next report better founded. */
function repairs(audit: Audit, reader: Reader): Deed[] {
  const { deployments } = audit;
  const expired = deployments.flatMap(({ id, waiver }) =>
    waiver?.expired === true ? [freeDeed(askAgain(shownName(id), shownName(waiver.owner)))] : [],
  );
  return [...expired, ...attribute(audit, reader)];
}

function askAgain(deployment: string, owner: string): string {
  return `Ask ${owner} whether ${deployment} must stay self-hosted. Its waiver has expired`;
}

function attribute({ totals, stack }: Audit, reader: Reader): Deed[] {
  const unattributed = decimal(totals.unattributedUsd);
  const isTold = stack.steps.some(({ action }) => action === 'attribute');
  if (isZero(unattributed) || isTold) return [];
  const share = known(totals.unattributedShare);
  const part = share === undefined ? '' : ` (${percent(share, reader)} of the spend)`;
  const what = `Match ${dollars(unattributed, reader)}${part} to a deployment in rentcheck.yaml`;
  return [freeDeed(what, unattributed)];
}
