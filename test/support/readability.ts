/**
 * Readability of a report: its page and its appendix, measured separately from the printed text.
 */

import { visibleWords } from './visibleText.ts';
import { findFigures, findListedWords, splitSentences, splitWords } from './voice.ts';

export interface PrintedAction {
  readonly what: string;
  readonly owner: string;
  readonly dollars: string;
  readonly deadline: string;
}

export interface Readability {
  readonly headline: string;
  /** Prose before the first action. */
  readonly opening: { readonly words: number; readonly figures: number };
  readonly page: { readonly words: number; readonly numbers: number; readonly charts: number };
  /** Words of each sentence of the whole report, without tables and pictures. */
  readonly sentences: readonly string[];
  readonly listed: readonly string[];
  readonly actions: readonly PrintedAction[];
  /** The saving of the plan as printed under the actions. `undefined` without a total. */
  readonly total: string | undefined;
  readonly bytes: number;
}

const RULE = /^-+ APPENDIX -+$/m;

/** The text edition up to the rule. */
export function pageOfText(text: string): string {
  const at = text.search(RULE);
  if (at < 0) throw new Error('the text has no rule');
  return text.slice(0, at);
}

/** The HTML edition up to the rule. */
export function pageOfHtml(html: string): string {
  const at = html.indexOf('<hr');
  if (at < 0) throw new Error('the page has no rule');
  return html.slice(0, at);
}

const INNER = (tag: string, name = '') =>
  new RegExp(`<${tag}\\b[^>]*${name === '' ? '' : `class="${name}"`}[^>]*>(.*?)</${tag}>`, 'gs');

function insides(html: string, pattern: RegExp): string[] {
  return [...html.matchAll(pattern)].map(([, inner = '']) => plain(inner));
}

function plain(html: string): string {
  return visibleWords(`<body>${html}`).replace(/\s+/g, ' ').trim();
}

/** Prose of the HTML: its headline, paragraphs, list items and actions. */
export function readProse(html: string): string[] {
  return [
    ...insides(html, INNER('h1')),
    ...insides(html, INNER('p', 'note')),
    ...insides(html, INNER('p', 's')),
    ...insides(html, INNER('li')),
    ...actionsOf(html).map(({ what }) => `${what}.`),
  ];
}

/** The page's numbered lines: text, a line with owner and deadline, and dollars. */
function actionsOf(html: string): PrintedAction[] {
  const cells = [
    '<tr><td class="m">\\d+</td>',
    '<td>(.*?)<br><span class="o">(.*?)</span></td>',
    '<td[^>]*>(.*?)</td>',
  ];
  const lines = pageOfHtml(html).matchAll(new RegExp(cells.join(''), 'gs'));
  return [...lines].map(([, what = '', below = '', worth = '']) => {
    const [, stake = '', owner = '', deadline = ''] =
      /^(?:(.*)\. )?Owner: (.*)\. Due: (.*)\.$/.exec(plain(below)) ?? [];
    return { what: plain(what), owner, dollars: plain(worth) || stake, deadline };
  });
}

/**
 * Both editions have the same words. The HTML is measured, since it separates prose from tables.
 */
export function measureReadability({ html, text }: { html: string; text: string }): Readability {
  const top = pageOfText(text).replace(/^\d\. /gm, '');
  const before = top.slice(0, top.search(/^WHAT TO DO$/m));
  // The first line names the report. The answer begins after it.
  const prose = before.slice(before.indexOf('\n\n')).replace(/\s+/g, ' ').trim();
  const [headline = ''] = insides(html, INNER('h1'));
  const all = readProse(html).flatMap((part) => splitSentences(part));
  const total = /Total saved .*?\s(-?\$[\d,.]+)$/m.exec(top)?.[1];
  return {
    headline,
    opening: { words: splitWords(prose).length, figures: findFigures(prose).length },
    page: {
      words: splitWords(top.replace(/\s+/g, ' ')).length,
      numbers: findFigures(top.replace(/\s+/g, ' ')).length,
      charts: pageOfHtml(html).match(/<img/g)?.length ?? 0,
    },
    sentences: all,
    listed: findListedWords(readProse(html).join('\n')),
    actions: actionsOf(html),
    total,
    bytes: Buffer.byteLength(html),
  };
}
