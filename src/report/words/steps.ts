/** Lists what to do next. The steps' dollars sum to the headline's saving. */

import { decimal, type Exact, isZero, ZERO } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditStep, StepAction } from '../../verdict/auditDecision.ts';
import { dollars, percent } from '../format.ts';
import { stepSentence } from '../copy/steps.ts';
import { shownName } from '../label.ts';
import { factSentence } from './facts.ts';
import { dayName } from './period.ts';
import { derivePlanSteps } from './plannedSteps.ts';
import { isConclusive, isOpen, knownAmount, type Situation } from './reading.ts';
import { missingSentences } from './reasons.ts';
import {
  type ListedStep,
  type ListedSteps,
  numberSteps,
  type NumberedStep,
  savingText,
} from './stepLines.ts';
import type { Reader } from '../locale.ts';

export function numberedSteps(audit: Audit, situation: Situation, reader: Reader): NumberedStep[] {
  return numberSteps(audit, listSteps(audit, situation, reader), reader);
}

/** All steps, without a limit. */
export function listSteps(audit: Audit, situation: Situation, reader: Reader): ListedSteps {
  const { steps } = audit.stack;
  const waits = keepingSteps(audit, situation);
  if (steps.length === 0) {
    const lacking = missingEvidenceSteps(audit, situation, reader);
    const after = [...waits, ...lacking, ...evidenceSteps(audit, reader)];
    return { plan: derivePlanSteps(audit, situation, reader), others: after };
  }
  const attributing = attributionSteps(audit, reader);
  if (situation === 'change') {
    const plan = steps.map((step) => fromAuditStep(step, audit.stack, reader));
    return { plan, others: attributing };
  }
  const rest = steps.filter(({ action }) => BESIDE_THE_PLAN.has(action));
  const beside = rest.map((step) => fromAuditStep(step, audit.stack, reader));
  return { plan: [], others: [...waits, ...beside, ...attributing] };
}

/** A step without a saving of its own. Dollars may be at stake. */
function stepWithoutSaving(what: string, stakeUsd?: Exact): ListedStep {
  const stake = stakeUsd === undefined ? {} : { stakeUsd };
  return { what, worth: '', usd: ZERO, isMissing: false, ...stake };
}

/** Actions that are listed even if the plan changes nothing. */
export const BESIDE_THE_PLAN: ReadonlySet<StepAction> = new Set([
  'renegotiate',
  'renew-waiver',
  'get-evidence',
  'attribute',
  'decide-contract',
  'review',
]);

function fromAuditStep(step: AuditStep, stack: Audit['stack'], reader: Reader): ListedStep {
  const usd = decimal(step.savingUsd);
  return {
    what: stepText(step, reader),
    worth: savingText(usd, reader),
    usd,
    isMissing: isMissing(step, stack),
    step,
  };
}

/** Whether a step is missing evidence. Audits of older versions have only texts. */
function isMissing({ detail, text }: AuditStep, stack: Audit['stack']): boolean {
  if (detail === undefined) return stack.missing.includes(text);
  if (!('missing' in detail)) return false;
  const fact = JSON.stringify(detail.missing);
  return stack.missingDetails?.some((each) => JSON.stringify(each) === fact) === true;
}

/** Text of a step, with its deadline unless the text already has it. */
function stepText({ action, detail, text, by }: AuditStep, reader: Reader): string {
  const what = factSentence({ fact: detail, stored: text }, stepSentence, reader).replace(
    /\.$/,
    '',
  );
  return by === null || DATED.has(action) ? what : `${what} (by ${dayName(by, reader)})`;
}

const DATED: ReadonlySet<StepAction> = new Set(['renegotiate', 'renew-waiver']);

function keepingSteps({ deployments, totals, stack }: Audit, situation: Situation): ListedStep[] {
  if (stack.steps.some(({ action }) => action === 'review')) return [];
  const which =
    deployments.length === 1
      ? 'the deployment as it is'
      : `all ${deployments.length} deployments as they are`;
  const spend = decimal(totals.spendUsd);
  if (situation === 'keep') return [stepWithoutSaving(`Keep ${which}`, spend)];
  if (!isOpen(situation)) return [];
  return [stepWithoutSaving(`Keep ${which}, and decide again in the next report`, spend)];
}

/** Steps for missing evidence, if there is no verdict. */
function missingEvidenceSteps(
  { stack }: Audit,
  situation: Situation,
  reader: Reader,
): ListedStep[] {
  if (isConclusive(situation)) return [];
  return missingSentences(stack, reader).map((text) => {
    return { ...stepWithoutSaving(text.replace(/\.$/, '')), isMissing: true };
  });
}

/** Steps that improve the evidence of the next report. */
function evidenceSteps(audit: Audit, reader: Reader): ListedStep[] {
  const { deployments } = audit;
  const expired = deployments.flatMap(({ id, waiver }) =>
    waiver?.expired === true
      ? [stepWithoutSaving(askAgain(shownName(id), shownName(waiver.owner)))]
      : [],
  );
  return [...expired, ...attributionSteps(audit, reader)];
}

function askAgain(deployment: string, owner: string): string {
  return `Ask ${owner} whether ${deployment} must stay self-hosted. Its waiver has expired`;
}

function attributionSteps({ totals, stack }: Audit, reader: Reader): ListedStep[] {
  const unattributed = decimal(totals.unattributedUsd);
  const isListed = stack.steps.some(({ action }) => action === 'attribute');
  if (isZero(unattributed) || isListed) return [];
  const share = knownAmount(totals.unattributedShare);
  const part = share === undefined ? '' : ` (${percent(share, reader)} of the spend)`;
  const what = `Match ${dollars(unattributed, reader)}${part} to a deployment in rentcheck.yaml`;
  return [stepWithoutSaving(what, unattributed)];
}
