/** Knows the plain text: the same words as the page, in 78 columns. */

import { bullet, COLUMNS, padEnd, padStart, withAmount, wrapped } from './layout.ts';
import { tableText } from './tableText.ts';
import { fillText, readTemplate } from './template.ts';
import type { Figure } from './words/figures.ts';
import type { Row } from './words/rows.ts';
import type { Section } from './words/sections.ts';
import type { Step } from './words/stepLines.ts';
import type { ReportWords } from './words.ts';

/** What the text tells of the charts. */
export interface ChartText {
  readonly alt: string;
}

export function renderText(words: ReportWords, charts: readonly ChartText[]): string {
  const text = fillText(readTemplate('report.txt'), {
    period: words.period.toUpperCase(),
    headline: wrapped(words.headline),
    figures: figuresText(words.figures),
    why: words.why.map((sentence) => wrapped(sentence)).join('\n'),
    steps: words.steps.map(stepText).join('\n'),
    rows: rowsText(words.rows),
    charts: charts.map(({ alt }) => bullet(alt)).join('\n'),
    sections: words.sections.map(sectionText).join('\n\n'),
    identity: words.identity.map((line) => wrapped(line)).join('\n'),
  });
  return `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}

function figuresText(figures: readonly Figure[]): string {
  const columns = Math.max(...figures.map(({ label }) => label.length)) + 2;
  return figures
    .map(({ label, value, note }) =>
      wrapped(`${padEnd(label, columns)}${value} (${note})`, columns),
    )
    .join('\n');
}

/** Room for `10.` and a blank. */
const STEP_INDENT = 4;

function stepText({ mark, what, worth }: Step): string {
  const begin = padEnd(mark === '' ? '' : `${mark}.`, STEP_INDENT);
  return withAmount(`${begin}${what}`, { amount: worth, hang: STEP_INDENT });
}

function sectionText({ title, lines, tables }: Section): string {
  const list = lines.map(bullet).join('\n');
  return [title.toUpperCase(), list, ...tables.map(tableText)]
    .filter((part) => part !== '')
    .join('\n\n');
}

type FigureName = 'spend' | 'tokens' | 'owned' | 'hosted' | 'utilization' | 'saving';

const FIGURES: readonly (readonly [name: FigureName, title: string, columns: number])[] = [
  ['spend', 'Spend', 12],
  ['tokens', 'Tokens', 9],
  ['owned', 'Owned/Mtok', 13],
  ['hosted', 'Hosted/Mtok', 14],
  ['utilization', 'Utilization', 13],
  ['saving', 'If changed', 14],
];

/** Two lines a deployment: who and what follows, then the figures in columns. */
function rowsText(rows: readonly Row[]): string {
  const header = `  ${FIGURES.map(([, title, columns]) => padStart(title, columns)).join('')}`;
  const lines = rows.flatMap((row) => [
    wrapped(`${row.name} (${row.model}): ${row.verdict}`, 2),
    `  ${FIGURES.map(([name, , columns]) => padStart(row[name], columns)).join('')}`,
  ]);
  return [header, '-'.repeat(COLUMNS), ...lines].join('\n');
}
