/** Prints the backtest of the previous audit: each note with its sentence. */

import type { AuditLookBack } from '../auditDecision.ts';
import type { LookBack } from '../lookBack/lookBack.ts';
import type { Sentences } from './sentences.ts';

export function printLookBack(
  { advice, ...found }: LookBack,
  sentences: Pick<Sentences, 'advice'>,
): AuditLookBack {
  return {
    ...found,
    advice: advice.map(({ notes, ...each }) => ({
      ...each,
      note: sentences.advice(notes),
      noteDetails: notes,
    })),
  };
}
