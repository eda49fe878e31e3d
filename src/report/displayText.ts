/** Sanitizes external text for display, as one line without control characters. */

import type { LocaleFormat } from './locale.ts';

/**
 * Control and format characters: line breaks, direction overrides, zero-width joiners, soft
 * hyphens.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Maximum characters of a displayed name. */
const NAME_LENGTH = 48;

/**
 * One line without invisible characters, cut with an ellipsis to `length` characters. `'a
 * \u202eb'` is `a b`. It does not escape HTML: the template does.
 */
export function oneLine(text: string, length: number): string {
  const line = text.toWellFormed().replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= length
    ? line
    : `${characters
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
 * Stored text for display, which may contain names: one line, with figures and days in this format.
 */
export function shownText(text: string, length: number, format: LocaleFormat): string {
  return oneLine(text, length)
    .replace(DAY, (each) => formatDay(each, format))
    .replace(FIGURE, (each) => formatFigure(each, format));
}

/** `2026-12-31` on its own, not within a name. */
const DAY = /(?<![\p{L}\p{N}.,_/:-])\d{4}-\d{2}-\d{2}(?![\p{L}\p{N}_/-]|[.,:]\d)/gu;

function formatDay(text: string, format: LocaleFormat): string {
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(atMs) ? text : format.date(atMs);
}

/** Digits on their own, not within a name or a date. */
const FIGURE = new RegExp(
  '(?<![\\p{L}\\p{N}.,_/:-])' +
    '(?:-?\\$)?(?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?(?: ?%)?' +
    '(?![\\p{L}\\p{N}_/:-]|[.,]\\d)',
  'gu',
);
const PARTS = /^(-?)(\$?)([\d.,]+)( ?%)?$/;

function formatFigure(text: string, format: LocaleFormat): string {
  const [, sign = '', dollar = '', digits = '', share = ''] = PARTS.exec(text) ?? [];
  const plain = digits.replaceAll(',', '');
  if (dollar !== '') return `${sign}${format.usd(plain)}${share}`;
  if (share !== '') return format.percent(plain);
  return /[.,]/.test(digits) ? format.number(plain) : text;
}

/** A stored sentence for display, which may contain names. It ends with a period. */
export function shownSentence(sentence: string, format: LocaleFormat): string {
  return asSentence(shownText(sentence, SENTENCE_LENGTH, format));
}

const SENTENCE_LENGTH = 400;

/** Makes text that may contain names a sentence on one line. Empty text stays empty. */
export function asSentence(text: string): string {
  const shown = oneLine(text, SENTENCE_LENGTH);
  return shown === '' ? '' : sentence(shown);
}

/** Capitalizes the first letter. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Makes a clause a sentence: capital and period. */
export function sentence(clause: string): string {
  return withPeriod(capital(clause));
}

/** Adds a period if the text does not end a sentence, as text of others may not. */
export function withPeriod(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
