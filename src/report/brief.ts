/** Knows the report for a chat: a title, the answer, three figures, and the next steps. */

import type { ReportBrief } from '../domain/letter.ts';
import type { ReportWords } from './words.ts';

const MOST_STEPS = 3;

export function briefOf({ headline, figures, steps }: ReportWords, subject: string): ReportBrief {
  return {
    title: subject,
    headline,
    figures: figures.map(({ label, value }) => ({ label, value })),
    steps: steps
      .filter(({ kind }) => kind === 'step')
      .slice(0, MOST_STEPS)
      .map(({ what, worth }) => (worth === '' ? what : `${what}: ${worth}`)),
  };
}
