/**
 * Knows how text from outside is made fit to show: one line, of bounded length, that cannot steer
 * its surroundings.
 */
import type { Writing } from './locale.ts';

/**
 * Control and format characters: line breaks, direction overrides, zero-width joints, soft
 * hyphens.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** A name of a deployment, model or host is shown with at most so many characters. */
const NAME_LENGTH = 48;

/**
 * One line without unseen characters, cut with an ellipsis to `length` characters.
 * `'a\n\u202eb'` is `a b`. Escaping for HTML is not its business: the template does that.
 */
export function oneLine(text: string, length: number): string {
  const line = text.toWellFormed().replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
  const letters = Array.from(line);
  return letters.length <= length
    ? line
    : `${letters
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`;
}

/** A name as it is shown; one that has nothing to show is called `(unnamed)`. */
export function shownName(name: string): string {
  const shown = oneLine(name, NAME_LENGTH);
  return shown === '' ? '(unnamed)' : shown;
}

/** What another room wrote, which may hold names: one line, its figures and days as ours. */
export function shownText(text: string, length: number, writing: Writing): string {
  return oneLine(text, length)
    .replace(DAY, (each) => ownDay(each, writing))
    .replace(FIGURE, (each) => ownFigure(each, writing));
}

/** `2026-12-31` where it stands alone: a name may have a day in it. */
const DAY = /(?<![\p{L}\p{N}.,_/:-])\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}_/-]|[.,:]\d)/gu;

function ownDay(found: string, writing: Writing): string {
  const atMs = Date.parse(`${found}T00:00:00Z`);
  return Number.isNaN(atMs) ? found : writing.date(atMs);
}

/** Digits that stand alone, so that none inside a name or a date is taken for a figure. */
const FIGURE = new RegExp(
  '(?<![\\p{L}\\p{N}.,_/:-])' +
    '(?:-?\\$)?(?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?(?: ?%)?' +
    '(?![\\p{L}\\p{N}_/:-]|[.,]\\d)',
  'gu',
);
const PARTS = /^(-?)(\$?)([\d.,]+)( ?%)?$/;

function ownFigure(found: string, writing: Writing): string {
  const [, sign = '', dollar = '', digits = '', share = ''] = PARTS.exec(found) ?? [];
  const plain = digits.replaceAll(',', '');
  if (dollar !== '') return `${sign}${writing.usd(plain)}${share}`;
  if (share !== '') return writing.percent(plain);
  return /[.,]/.test(digits) ? writing.number(plain) : found;
}

/** A sentence that another room wrote, which may hold names; it ends as a sentence does. */
export function shownSentence(sentence: string, writing: Writing): string {
  return asSentence(shownText(sentence, SENTENCE_LENGTH, writing));
}

const SENTENCE_LENGTH = 400;

/** What may hold names: one line that begins and ends as a sentence does; nothing stays nothing. */
export function asSentence(text: string): string {
  const shown = oneLine(text, SENTENCE_LENGTH);
  if (shown === '') return '';
  const capital = shown.charAt(0).toUpperCase() + shown.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}
