/** HTML building blocks: responsive tables, state marks, definition lists and notices. */

import { html, type Markup } from './html.ts';

export type Tone = 'good' | 'bad' | 'watch' | 'plain';

/** A colored label for a state. The color only repeats the meaning of the word. */
export function renderMark(word: string, tone: Tone): Markup {
  return html`<span class="mark ${tone}">${word}</span>`;
}

export interface HtmlColumn {
  readonly name: string;
  /** Whether cells are aligned to the right. */
  readonly numeric?: boolean;
}

export type HtmlCell = Markup | string | number;

export interface HtmlTable {
  /** For a screen reader. */
  readonly caption: string;
  readonly columns: readonly HtmlColumn[];
  readonly rows: readonly (readonly HtmlCell[])[];
  /** The sums of the columns, in a separate last row. */
  readonly total?: readonly HtmlCell[] | undefined;
}

/**
 * On a phone each row becomes a card whose cells show the name of their column. Explicit roles keep
 * the table semantics for screen readers, which the CSS layout as cards would remove.
 */
export function htmlTable({ caption, columns, rows, total }: HtmlTable): Markup {
  const kind = (at: number) => (columns[at]?.numeric === true ? 'n' : '');
  // A card omits empty cells.
  const kindOf = (at: number, cell: HtmlCell) =>
    [kind(at), cell === '' ? 'blank' : ''].filter(Boolean).join(' ');
  const heads = columns.map(
    ({ name }, at) => html`<th role="columnheader" scope="col" class="${kind(at)}">${name}</th>`,
  );
  const lineOf = (cells: readonly HtmlCell[], kindOfRow: string) => {
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

/** A definition list of names and values. */
export function definitionList(pairs: readonly (readonly [string, Markup | string])[]): Markup {
  const lines = pairs.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  );
  return html`<dl class="facts">
${lines}</dl>`;
}

/** A highlighted notice. */
export function notice(tone: Tone, what: Markup): Markup {
  return html`<div class="notice ${tone}">${what}</div>`;
}
