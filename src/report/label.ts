/** Sanitizes external text for display: one line of bounded length without control characters. */
import type { Writing } from './locale.ts';

/**
 * Control and format characters: line breaks, direction overrides, zero-width joiners, soft
 * hyphens.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Maximum characters of a displayed name. */
const NAME_LENGTH = 48;

/**
 * One line without invisible characters, cut with an ellipsis to `length` characters. `'a
 * \u202eb'` is `a b`. It does not escape HTML: the template does.
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

/** A name for display. `(unnamed)` if nothing visible is left. */
export function shownName(name: string): string {
  const shown = oneLine(name, NAME_LENGTH);
  return shown === '' ? '(unnamed)' : shown;
}

/**
 * Stored text for display, which may contain names: one line, with figures and days in the reader's
 * format.
 */
export function shownText(text: string, length: number, writing: Writing): string {
  return oneLine(text, length)
    .replace(DAY, (each) => ownDay(each, writing))
    .replace(FIGURE, (each) => ownFigure(each, writing));
}

/** `2026-12-31` on its own, not within a name. */
const DAY = /(?<![\p{L}\p{N}.,_/:-])\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}_/-]|[.,:]\d)/gu;

function ownDay(found: string, writing: Writing): string {
  const atMs = Date.parse(`${found}T00:00:00Z`);
  return Number.isNaN(atMs) ? found : writing.date(atMs);
}

/** Digits on their own, not within a name or a date. */
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

/** A stored sentence for display, which may contain names. It ends with a period. */
export function shownSentence(sentence: string, writing: Writing): string {
  return asSentence(shownText(sentence, SENTENCE_LENGTH, writing));
}

const SENTENCE_LENGTH = 400;

/**
 * Makes text that may contain names a sentence: one line with capital and period. Empty text stays
 * empty.
 */
export function asSentence(text: string): string {
  const shown = oneLine(text, SENTENCE_LENGTH);
  if (shown === '') return '';
  const capital = shown.charAt(0).toUpperCase() + shown.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}
