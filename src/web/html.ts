/** Makes HTML from values: every value is escaped unless it is markup. */

import { plainLines } from '../platform/plainText.ts';
import { escapeHtml } from '../report/template.ts';

/** HTML that is safe to send; only {@link html} makes it from values. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand between the pieces of a template; `undefined` and `false` are nothing. */
export type Fill = string | number | Markup | undefined | false | readonly Fill[];

/** html`<p>${name}</p>`: a name like `<b>` is shown as it is written. */
export function html(pieces: TemplateStringsArray, ...fills: readonly Fill[]): Markup {
  return new Markup(
    pieces.map((piece, at) => (at === 0 ? '' : shown(fills[at - 1])) + piece).join(''),
  );
}

function shown(fill: Fill): string {
  if (fill === undefined || fill === false) return '';
  if (fill instanceof Markup) return fill.text;
  if (typeof fill === 'object') return fill.map(shown).join('');
  // Names and messages from outside may turn the direction of what is read after them.
  return escapeHtml(plainLines(String(fill).replace(/\r\n?/g, '\n').replaceAll('\t', '    ')));
}
