/** Knows the subject line: the period and the answer, short enough to be read whole. */

import { oneLine } from './label.ts';
import { fillText, readTemplate } from './template.ts';
import type { ReportWords } from './words.ts';

/** Long subjects are cut by mail clients; ours is cut where we choose. */
const MOST = 140;

/**
 * `Rent check Q3 2026: delete 2 of 4 self-hosted models, save $41,200 a quarter (96% sure)`; of a
 * later edition `Rent check Q3 2026, correction (edition 2): …`.
 */
export function renderSubject(words: Pick<ReportWords, 'period' | 'finding'>, edition = 1): string {
  const { finding } = words;
  const period = edition > 1 ? `${words.period}, correction (edition ${edition})` : words.period;
  const template = readTemplate('report.subject.txt').trimEnd();
  return oneLine(fillText(template, { period, finding }), MOST);
}
