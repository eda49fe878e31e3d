/** Renders a verdict's reasons, except those shown elsewhere. */

import type { Reason } from '../../verdict/reason.ts';
import { missingSentence } from '../copy/missing.ts';
import { reasonSentence } from '../copy/reasons.ts';
import { oneLine } from '../displayText.ts';
import { factSentence, type FactWithSentence, pairFacts } from './completeAudit.ts';
import { type AuditReading, isConclusive, type StackReading } from './auditReading.ts';
import type { DeploymentReading } from './deploymentReading.ts';
import type { Reader } from '../locale.ts';

/** Maximum characters of one deployment's reasons in the table. Its owner's report has all. */
const MOST_CHARACTERS = 360;

/** A deployment's reasons. Empty with a waiver, which the section on waivers covers. */
export function deploymentReasonText(
  { stack }: AuditReading,
  deployment: DeploymentReading,
  reader: Reader,
): string {
  const { verdict, waiver } = deployment;
  if (verdict === 'keep (required)' && waiver !== null) return '';
  return oneLine(openReasons(stack, deployment, reader).join(' '), MOST_CHARACTERS);
}

/** Reasons of the stack's verdict. */
function stackReasons({ stack }: AuditReading, reader: Reader): string[] {
  return openReasons(stack, stack, reader);
}

/** The stack's reasons without the one that {@link openReason} returns. */
export function otherReasons(audit: AuditReading, reader: Reader): string[] {
  return stackReasons(audit, reader).slice(openReason(audit, reader) === undefined ? 0 : 1);
}

/** Why the verdict is open, if no evidence is missing: the first reason. */
export function openReason(audit: AuditReading, reader: Reader): string | undefined {
  const isUndecided =
    !isConclusive(audit.situation) && audit.situation !== 'nothing' && audit.situation !== 'empty';
  return isUndecided && audit.stack.missing.length === 0
    ? stackReasons(audit, reader)[0]
    : undefined;
}

export function missingSentences(
  { missing, missingDetails }: StackReading,
  reader: Reader,
): string[] {
  return pairFacts(missingDetails, missing).map((each) =>
    factSentence(each, missingSentence, reader),
  );
}

type WithReasons = Pick<StackReading, 'reasons' | 'reasonDetails'>;

/** Reasons without missing evidence and the deciding assumption, which are shown elsewhere. */
function openReasons(
  stack: StackReading,
  { reasons, reasonDetails }: WithReasons,
  reader: Reader,
): string[] {
  return pairFacts(reasonDetails, reasons)
    .filter((each) => !isElsewhere(each, stack))
    .map((each) => factSentence(each, reasonSentence, reader));
}

/** Stored sentences of the reasons, without missing evidence. */
export function storedReasons({ stack }: AuditReading): string[] {
  return pairFacts(stack.reasonDetails, stack.reasons)
    .filter((each) => !isMissing(each, stack))
    .map(({ stored }) => stored);
}

function isElsewhere(reason: FactWithSentence<Reason>, stack: StackReading): boolean {
  const { hangsOn, hangsOnDetail } = stack;
  const { fact, stored } = reason;
  const isDoubt = fact && hangsOnDetail ? isSame(fact, hangsOnDetail) : stored === hangsOn;
  return isDoubt || isMissing(reason, stack);
}

/** Whether a reason is missing evidence. Audits of older versions have only sentences. */
function isMissing({ fact, stored }: FactWithSentence<Reason>, stack: StackReading): boolean {
  const { missing, missingDetails } = stack;
  if (fact === undefined || missingDetails === undefined) return missing.includes(stored);
  return missingDetails.some((other) => isSame(fact, other));
}

/** Whether two reasons are the same. Deciding assumptions are compared without their deployment. */
function isSame(a: Reason, b: Reason): boolean {
  if (a.code !== 'hangs-on' || b.code !== 'hangs-on')
    return JSON.stringify(a) === JSON.stringify(b);
  return a.assumption === b.assumption && a.end === b.end && a.moreUsd === b.moreUsd;
}
