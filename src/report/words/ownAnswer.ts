/** The answer in the letter to a deployment's owner: what the decision on the stack makes of it. */

import { negate } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { dollars } from '../format.ts';
import { shownName } from '../label.ts';
import { type Answer, answerOf } from './headline.ts';
import { likelyAside } from './odds.ts';
import { perPeriod } from './period.ts';
import { capital, doing } from './plan.ts';
import { known, situationOf } from './reading.ts';

/** `alone` is the audit of this deployment alone, `whole` that of the stack. */
export function ownAnswer(alone: Audit, whole: Audit): Answer {
  const [deployment] = alone.deployments;
  if (deployment?.verdict === 'keep (required)') return required(shownName(deployment.id));
  if (deployment?.decision?.because === 'with-the-plan') return withThePlan(deployment, whole);
  if (deployment?.decision?.heldBack) return heldBack(deployment, whole);
  return answerOf(alone, situationOf(alone));
}

function required(name: string): Answer {
  return {
    finding: `keep ${name}, as it must stay`,
    headline: `Keep ${name}: it must stay, whatever else would cost.`,
  };
}

function withThePlan({ id, decision, savingUsd, probability }: AuditDeployment, whole: Audit) {
  const what = doing(decision?.option ?? 'keep', shownName(id));
  const { stack } = whole;
  const likely = likelyAside(stack.probability);
  const all = `${amount(stack.savingUsd.base)} ${perPeriod(whole)}${likely}`;
  return {
    finding: `${what}, as part of the plan for the whole stack`,
    headline:
      `${capital(what)}, as part of the plan for the whole stack, which saves ${all}. ` +
      `Alone, it would ${ownText(savingUsd.base)}${likelyAside(probability)}.`,
  };
}

/** What it would save alone stands with the reasons, once. */
function heldBack({ id }: AuditDeployment, whole: Audit): Answer {
  const name = shownName(id);
  const isOpen = whole.stack.verdict !== 'keep' && situationOf(whole) !== 'change';
  const why = isOpen
    ? 'the decision on the whole stack is to change nothing'
    : 'that is the cheapest for the whole stack';
  return { finding: `keep ${name}`, headline: `Keep ${name}: ${why}.` };
}

/** Negative where only the plan makes it pay. */
function ownText(savingUsd: string | null): string {
  const saving = known(savingUsd);
  if (saving === undefined || saving.num >= 0n) return `save ${amount(savingUsd)}`;
  return `cost ${dollars(negate(saving))} more`;
}

function amount(usd: string | null): string {
  const told = known(usd);
  return told === undefined ? 'an unknown amount' : dollars(told);
}
