/** Renders what changes save after a contract ends, and deadlines: earliest end first. */

import type { Audit } from '../../verdict/audit.ts';
import { contractEndSentences } from '../copy/contracts.ts';
import { oneLine } from '../label.ts';
import { isWholeQuarter } from './period.ts';
import type { Reader } from '../locale.ts';

const MOST_LETTERS = 400;

export function contractEndLines(audit: Audit, reader: Reader): string[] {
  const per = isWholeQuarter(audit) ? 'quarter' : 'period';
  return (audit.stack.afterContracts ?? []).map((end) =>
    oneLine(contractEndSentences(end, reader, per), MOST_LETTERS),
  );
}
