/** Knows the reasons that a verdict gave, but for those that stand elsewhere. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { oneLine, shownSentence } from '../label.ts';

/** So much of the reasons of one deployment stands in the table; its owner is told all. */
const MOST_LETTERS = 240;

/** Empty of who must stay by a waiver, for that is told with the waivers. */
export function reasonOf({ stack }: Audit, deployment: AuditDeployment): string {
  const { verdict, waiver, reasons } = deployment;
  if (verdict === 'keep (required)' && waiver !== null) return '';
  return oneLine(openReasons(stack, reasons).join(' '), MOST_LETTERS);
}

/** The stack's own, without what `told` already said. */
export function stackReasons({ stack }: Audit, told: readonly string[]): string[] {
  return openReasons(stack, stack.reasons).filter((reason) => !told.includes(reason));
}

/** Of a stack of one deployment: all that its verdict said. */
export function allReasons({ stack }: Audit): string[] {
  return openReasons(stack, stack.reasons);
}

/** What is missing, and on what the answer hangs, stand elsewhere. */
function openReasons(stack: Audit['stack'], reasons: readonly string[]): string[] {
  return reasons
    .filter((reason) => !stack.missing.includes(reason) && reason !== stack.hangsOn)
    .map(shownSentence);
}
