/** Builds the report for chat: title, headline, three figures, and up to three actions. */

import type { ReportBrief } from '../domain/letter.ts';
import type { ReportText } from './words.ts';

const MOST_ACTIONS = 3;

export function buildBrief(
  { headline, figures, actions }: ReportText,
  subject: string,
): ReportBrief {
  return {
    title: subject,
    headline,
    figures: figures.map(({ label, value }) => ({ label, value })),
    steps: actions.listed
      .slice(0, MOST_ACTIONS)
      .map(
        ({ what, owner, dollars, deadline }) =>
          `${what}: ${dollars} (owner: ${owner}, due: ${deadline})`,
      ),
  };
}
