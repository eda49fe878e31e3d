/** Renders the subject line: period and verdict, short enough to be shown whole. */

import { oneLine } from './label.ts';
import { fillText, readTemplate } from './template.ts';
import type { ReportText } from './words.ts';

/** Maximum characters. Email clients cut longer subjects. */
const MOST_CHARACTERS = 110;

type Subject = Pick<ReportText, 'period' | 'finding' | 'findings'>;

/**
 * `Rent check Q3 2026: delete chat, cap code; save $41,200 a quarter (96% likely)`. A later
 * edition: `Rent check Q3 2026, correction (edition 2): …`. A long subject loses names before
 * amounts.
 */
export function renderSubject({ findings, ...words }: Subject, edition = 1): string {
  const period = edition > 1 ? `${words.period}, correction (edition ${edition})` : words.period;
  const template = readTemplate('report.subject.txt').trimEnd();
  const all = [words.finding, ...(findings ?? [])].map((finding) =>
    fillText(template, { period, finding }),
  );
  const fitting = all.find((subject) => Array.from(subject).length <= MOST_CHARACTERS);
  return oneLine(fitting ?? all.at(-1) ?? '', MOST_CHARACTERS);
}
