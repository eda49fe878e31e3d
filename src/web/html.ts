/** Builds HTML with a template tag that escapes every value except markup. */

import { plainLines } from '../platform/plainText.ts';
import { escapeHtml } from '../report/template.ts';

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
