/** Knows the parts that pages are put together from: tables that fit a phone, marks, figures. */

import { html, type Markup } from './html.ts';

export type Tone = 'good' | 'bad' | 'watch' | 'plain';

/** A word that stands for a state; the color only repeats what the word says. */
export function mark(word: string, tone: Tone): Markup {
  return html`<span class="mark ${tone}">${word}</span>`;
}

export interface Column {
  readonly name: string;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
}

export interface Table {
  /** Said to who cannot see that it is one. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Markup | string | number)[])[];
}

/**
 * On a phone each row is a card whose cells say their column's name. Roles are told, for a table
 * that is laid out as cards is none to a screen reader otherwise.
 */
export function table({ caption, columns, rows }: Table): Markup {
  const kind = (at: number) => (columns[at]?.numeric === true ? 'n' : '');
  const heads = columns.map(
    ({ name }, at) => html`<th role="columnheader" scope="col" class="${kind(at)}">${name}</th>`,
  );
  const lines = rows.map((cells) => {
    const inner = cells.map((cell, at) => {
      const label = columns[at]?.name ?? '';
      return at === 0
        ? html`<th role="rowheader" scope="row">${cell}</th>`
        : html`<td role="cell" class="${kind(at)}" data-label="${label}"><span>${cell}</span></td>`;
    });
    return html`<tr role="row">${inner}</tr>
`;
  });
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

/** Something that a person should see before all else. */
export function notice(tone: Tone, what: Markup): Markup {
  return html`<div class="notice ${tone}">${what}</div>`;
}
