/** Parts of pages: tables that fit a phone, state marks, lists of facts and figures. */

import { html, type Markup } from './html.ts';

export type Tone = 'good' | 'bad' | 'watch' | 'plain';

/** A word for a state; the color repeats what the word says. */
export function mark(word: string, tone: Tone): Markup {
  return html`<span class="mark ${tone}">${word}</span>`;
}

export interface Column {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
}

export type Cell = Markup | string | number;

export interface Table {
  /** For a screen reader. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** The sums of the columns; stands last, apart. */
  readonly total?: readonly Cell[] | undefined;
}

/**
 * On a phone each row is a card whose cells show the name of their column. Roles are set because a
 * screen reader takes a table that is laid out as cards for no table.
 */
export function table({ caption, columns, rows, total }: Table): Markup {
  const kind = (at: number) => (columns[at]?.numeric === true ? 'n' : '');
  // A card leaves out a cell without content.
  const kindOf = (at: number, cell: Cell) =>
    [kind(at), cell === '' ? 'blank' : ''].filter(Boolean).join(' ');
  const heads = columns.map(
    ({ name }, at) => html`<th role="columnheader" scope="col" class="${kind(at)}">${name}</th>`,
  );
  const lineOf = (cells: readonly Cell[], kindOfRow: string) => {
    const inner = cells.map((cell, at) => {
      const label = columns[at]?.name ?? '';
      return at === 0
        ? html`<th role="rowheader" scope="row">${cell}</th>`
        : html`<td role="cell" class="${kindOf(at, cell)}" data-label="${label}">
<span>${cell}</span></td>`;
    });
    return html`<tr role="row"${kindOfRow !== '' && html` class="${kindOfRow}"`}>${inner}</tr>
`;
  };
  const lines = [
    ...rows.map((cells) => lineOf(cells, '')),
    ...(total === undefined ? [] : [lineOf(total, 'total')]),
  ];
  return html`<table class="list" role="table">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${lines}</tbody>
</table>`;
}

/** Names and values, one below the other. */
export function facts(pairs: readonly (readonly [string, Markup | string])[]): Markup {
  const lines = pairs.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  );
  return html`<dl class="facts">
${lines}</dl>`;
}

/** Something to be seen before everything else. */
export function notice(tone: Tone, what: Markup): Markup {
  return html`<div class="notice ${tone}">${what}</div>`;
}
