/** Builds HTML with a template tag that escapes every value except markup. */

import { plainLines } from '../platform/text.ts';
import { escapeHtml } from '../report/template.ts';
import { DAY_MS, HOUR_MS, instantText, MINUTE_MS } from '../domain/period.ts';
import { momentText } from '../report/format.ts';
import type { Reader } from '../report/locale.ts';

/** HTML that is safe to send. Use {@link html} to make it from values. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value in a template; `undefined` and `false` become empty text. */
export type HtmlValue = string | number | Markup | undefined | false | readonly HtmlValue[];

/** html`<p>${name}</p>` escapes the name: `<b>` is displayed literally. */
export function html(pieces: TemplateStringsArray, ...fills: readonly HtmlValue[]): Markup {
  return new Markup(
    pieces.map((piece, at) => (at === 0 ? '' : rendered(fills[at - 1])) + piece).join(''),
  );
}

function rendered(fill: HtmlValue): string {
  if (fill === undefined || fill === false) return '';
  if (fill instanceof Markup) return fill.text;
  if (typeof fill === 'object') return fill.map(rendered).join('');
  // Names from outside may contain bidirectional control characters, which are made visible.
  return escapeHtml(plainLines(String(fill).replace(/\r\n?/g, '\n').replaceAll('\t', '    ')));
}

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

/** `Oct 7, 2026 05:00 UTC, 3 hours ago`. */
export function renderInstantWithAge(instantMs: number, nowMs: number, reader: Reader): Markup {
  const instant = renderInstant(instantMs, reader);
  return html`${instant} <span class="ago">${ago(instantMs, nowMs)}</span>`;
}

/** `Oct 7, 2026 05:00 UTC`, in a `time` element. */
export function renderInstant(instantMs: number, reader: Reader): Markup {
  return html`<time datetime="${instantText(instantMs)}">${momentText(instantMs, reader)}</time>`;
}

function ago(instantMs: number, nowMs: number): string {
  const length = span(Math.abs(nowMs - instantMs));
  if (length === undefined) return 'just now';
  return instantMs <= nowMs ? `${length} ago` : `in ${length}`;
}

/**
 * The length in its largest whole unit, rounded down: 119 minutes are `1 hour`, 47 hours are
 * `47 hours`. Returns `undefined` below one minute.
 */
function span(lengthMs: number): string | undefined {
  const unit = UNITS.find(({ fromMs }) => lengthMs >= fromMs);
  if (unit === undefined) return undefined;
  const count = Math.floor(lengthMs / unit.ms);
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`;
}

const UNITS = [
  { fromMs: 2 * DAY_MS, ms: DAY_MS, name: 'day' },
  { fromMs: HOUR_MS, ms: HOUR_MS, name: 'hour' },
  { fromMs: MINUTE_MS, ms: MINUTE_MS, name: 'minute' },
] as const;
