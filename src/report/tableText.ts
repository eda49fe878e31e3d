/** Renders a table in plain text: in columns, or row by row if they do not fit. */

import { COLUMNS, indentText, padEnd, padStart, columnWidth, wrapLines } from './layout.ts';
import type { ReportTable, ReportTableRow } from './words/table.ts';

const GAP = 2;

export function tableText(table: ReportTable): string {
  const widths = table.head.map((head, column) =>
    Math.max(
      ...[
        head,
        table.total?.[column] ?? '',
        ...table.rows.map(({ cells }) => cells[column] ?? ''),
      ].map(columnWidth),
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
  const rule = '-'.repeat(columnWidth(line(widths.map((width) => '-'.repeat(width)))));
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
