/** Prints the backtest of the previous audit: each note with its sentence. */

import type { AuditBacktest } from '../auditDecision.ts';
import type { Backtest } from '../lookBack/lookBack.ts';
import type { AuditSentences } from './sentences.ts';

export function printBacktest(
  { advice, ...found }: Backtest,
  sentences: Pick<AuditSentences, 'advice'>,
): AuditBacktest {
  return {
    ...found,
    advice: advice.map(({ notes, ...each }) => ({
      ...each,
      note: sentences.advice(notes),
      noteDetails: notes,
    })),
  };
}
