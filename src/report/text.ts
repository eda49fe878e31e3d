/**
 * Renders the report as plain text in 78 columns, with the same words as the page, and lays it out.
 */

import { displayWidth, fittingStart } from '../domain/textWidth.ts';
import type { ChartSlot } from './charts/chart.ts';
import { fillText, readTemplate } from './template.ts';
import { type ActionList, ACTIONS_TITLE, ownerLine } from './sections/actions.ts';
import type { DeploymentRow } from './sections/deploymentRows.ts';
import type { ReportSection } from './sections/appendix.ts';
import type { NumberedStep } from './sections/steps.ts';
import type { PageText } from './reportText.ts';
import type { ReportTable, ReportTableRow } from './sections/table.ts';

/** A chart in plain text. */
export interface TextChart {
  readonly slot: ChartSlot;
  readonly alt: string;
}

export function renderText(copy: PageText, charts: readonly TextChart[]): string {
  const text = fillText(readTemplate('report.txt'), {
    kicker: wrapLines(copy.kicker),
    notices: copy.notices.map((notice) => wrapLines(notice)).join('\n'),
    headline: wrapLines(copy.headline),
    lead: copy.lead.map((sentence) => wrapLines(sentence)).join('\n'),
    actions: actionsText(copy.actions),
    page: sectionsText(copy.page, charts),
    rule: RULE,
    sections: sectionsText(copy.sections, charts),
    identity: copy.identity.map((line) => wrapLines(line)).join('\n'),
  });
  return `${text.replace(/\n{3,}/g, '\n\n').trim()}\n`;
}

/** Between the page and the appendix. */
const RULE = `${'-'.repeat(34)} APPENDIX ${'-'.repeat(34)}`;

function actionsText({ listed, more, total, left }: ActionList): string {
  if (listed.length === 0) return '';
  const lines = listed.map((action, at) =>
    [
      withAmount(`${padEnd(`${at + 1}.`, STEP_INDENT)}${action.what}`, {
        amount: action.isSaving ? action.dollars : '',
        hang: STEP_INDENT,
      }),
      wrapLines(`${UNMARKED}${ownerLine(action)}`, STEP_INDENT),
    ].join('\n'),
  );
  const planned = listed.filter(({ isSaving }) => isSaving).length;
  const sums = [more, total].flatMap((sum) =>
    sum === undefined
      ? []
      : [withAmount(`${UNMARKED}${sum.what}`, { amount: sum.dollars, hang: STEP_INDENT })],
  );
  return [
    `${ACTIONS_TITLE.toUpperCase()}\n`,
    ...lines.slice(0, planned),
    ...sums,
    ...lines.slice(planned),
    ...(left === '' ? [] : [`\n${left}`]),
  ].join('\n');
}

function sectionsText(sections: readonly ReportSection[], charts: readonly TextChart[]): string {
  return sections.map((section) => sectionText(section, charts)).join('\n\n');
}

/** Columns for `10.` and a space. */
const STEP_INDENT = 4;
const UNMARKED = '\u00a0'.repeat(STEP_INDENT);

function stepText({ mark, what, worth }: NumberedStep): string {
  const begin = mark === '' ? UNMARKED : padEnd(`${mark}.`, STEP_INDENT);
  return withAmount(`${begin}${what}`, { amount: worth, hang: STEP_INDENT });
}

function sectionText(section: ReportSection, charts: readonly TextChart[]): string {
  const { title, sentences, steps, rows, slot, lines, tables } = section;
  const pictures = charts.filter((chart) => chart.slot === slot).map(({ alt }) => bullet(alt));
  return [
    title.toUpperCase(),
    sentences.map((sentence) => wrapLines(sentence)).join('\n'),
    steps.map(stepText).join('\n'),
    rows.length === 0 ? '' : rowsText(rows),
    pictures.join('\n'),
    lines.map(bullet).join('\n'),
    ...tables.map(tableText),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Line above the columns, whose headers have no space for the unit. */
const PRICES = 'Self-hosted and hosted API prices are in dollars per million tokens ($/Mtok).';

type FigureName = 'spend' | 'tokens' | 'selfHosted' | 'hosted' | 'utilization' | 'saving';

const FIGURES: readonly (readonly [name: FigureName, title: string, columns: number])[] = [
  ['spend', 'Spend', 12],
  ['tokens', 'Tokens', 9],
  ['selfHosted', 'Self-hosted', 13],
  ['hosted', 'Hosted API', 14],
  ['utilization', 'Utilization', 13],
  ['saving', 'Plan saves', 14],
];

/** Deployment and verdict, then the figures in columns, then the reason. */
function rowsText(rows: readonly DeploymentRow[]): string {
  const header = `  ${FIGURES.map(([, title, columns]) => padStart(title, columns)).join('')}`;
  const lines = rows.flatMap((row) => [
    wrapLines(`${row.name} (${row.model}): ${row.verdict}`, 2),
    `  ${FIGURES.map(([name, , columns]) => padStart(row[name], columns)).join('')}`,
    ...(row.reason === '' ? [] : [indentText(row.reason)]),
  ]);
  return [PRICES, '', header, '-'.repeat(COLUMNS), ...lines].join('\n');
}

const GAP = 2;

function tableText(table: ReportTable): string {
  const widths = table.head.map((head, column) =>
    Math.max(
      ...[
        head,
        table.total?.[column] ?? '',
        ...table.rows.map(({ cells }) => cells[column] ?? ''),
      ].map(displayWidth),
    ),
  );
  const width = widths.reduce((all, each) => all + each + GAP, -GAP);
  const body = width > COLUMNS ? inLines(table) : inColumns(table, widths);
  return [wrapLines(table.title), ...body, wrapLines(table.foot)]
    .filter((text) => text !== '')
    .join('\n');
}

function inColumns({ head, rows, total, isWords = false }: ReportTable, widths: readonly number[]) {
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (at === 0 || isWords ? padEnd : padStart)(cell, widths[at] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd();
  const rule = '-'.repeat(displayWidth(line(widths.map((width) => '-'.repeat(width)))));
  return [
    line(head),
    rule,
    ...rows.flatMap((row) => [line(row.cells), ...noteLines(row)]),
    ...(total === undefined ? [] : [rule, line(total)]),
  ];
}

/** `name: cost $1, saving $2`, with the note below. */
function inLines({ head, rows, total }: ReportTable): string[] {
  const all = total === undefined ? rows : [...rows, { cells: total, note: '' }];
  return all.flatMap((row) => {
    const [name = '', ...figures] = row.cells;
    const labeled = figures.map((figure, at) => `${(head[at + 1] ?? '').toLowerCase()} ${figure}`);
    return [wrapLines(`${name}: ${labeled.join(', ')}`, 2), ...noteLines(row)];
  });
}

function noteLines({ note }: ReportTableRow): string[] {
  return note === '' ? [] : [indentText(note)];
}

export const COLUMNS = 78;

/** Non-breaking space, for words that must stay on one line. */
const UNBREAKABLE = '\u00a0';

/**
 * Wraps at spaces. Lines after the first are indented by `hang`. A word longer than a line is
 * split.
 */
export function wrapLines(text: string, hang = 0): string {
  const indent = ' '.repeat(hang);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((word) => splitWord(word, COLUMNS - hang))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() !== '' && displayWidth(longer) > COLUMNS) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line].join('\n').replaceAll(UNBREAKABLE, ' ');
}

/** Wraps with an indent of two. */
function indentText(text: string): string {
  return wrapLines(`${UNBREAKABLE.repeat(2)}${text}`, 2);
}

/** `- text`, with a hanging indent. */
export function bullet(text: string): string {
  return wrapLines(`- ${text}`, 2);
}

/** Text on the left, with the amount at the right edge of the first line. */
export function withAmount(
  text: string,
  { amount, hang }: { amount: string; hang: number },
): string {
  if (amount === '') return wrapLines(text, hang);
  const reserved = '\u0001'.repeat(displayWidth(amount) + 2);
  const [first = '', ...rest] = wrapLines(`${reserved} ${text}`, hang).split('\n');
  const left = first.slice(reserved.length + 1);
  const gap = ' '.repeat(Math.max(2, COLUMNS - displayWidth(left) - displayWidth(amount)));
  return [`${left}${gap}${amount}`, ...rest].join('\n');
}

function padStart(text: string, columns: number): string {
  return `${' '.repeat(Math.max(0, columns - displayWidth(text)))}${text}`;
}

function padEnd(text: string, columns: number): string {
  return `${text}${' '.repeat(Math.max(0, columns - displayWidth(text)))}`;
}

function splitWord(word: string, most: number): string[] {
  if (displayWidth(word) <= most) return [word];
  const start = fittingStart(word, most);
  return [start, ...splitWord(word.slice(start.length), most)];
}
