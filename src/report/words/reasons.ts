/** Knows the reasons that the verdicts gave, the stack's first, each told once. */

import type { Audit } from '../../verdict/audit.ts';
import { shownName, shownSentence } from '../label.ts';
import { dearestFirst } from './reading.ts';

const MOST_DEPLOYMENTS = 10;

/** What stands elsewhere is left out: what is missing, who must stay, what `told` already said. */
export function reasonsOf(audit: Audit, told: readonly string[]): string[] {
  const { stack } = audit;
  const open = (reasons: readonly string[]) =>
    reasons
      .filter((reason) => !stack.missing.includes(reason) && reason !== stack.hangsOn)
      .map(shownSentence)
      .filter((reason) => !told.includes(reason));
  const lines = dearestFirst(audit)
    .filter(({ verdict, waiver }) => verdict !== 'keep (required)' || waiver === null)
    .map(({ id, verdict, reasons }) => line(`${shownName(id)}, ${verdict}`, open(reasons)))
    .filter((text) => text !== '');
  return [line('The stack', open(stack.reasons)), ...lines.slice(0, MOST_DEPLOYMENTS)].filter(
    (text) => text !== '',
  );
}

function line(who: string, reasons: readonly string[]): string {
  return reasons.length === 0 ? '' : `${who}: ${reasons.join(' ')}`;
}
