/** Quotes user input in messages, and suggests the word that was meant. */

import { shortText } from './json.ts';

/** User input in quotes, on one line of at most 60 characters, without control characters. */
export function quoteShort(text: string): string {
  return `"${shortText(text, 60)}"`;
}

/**
 * The known word that is closest to `word`, or `undefined` if more than a third of its letters
 * differ. `nearest('biled_cost', ['billed_cost', 'unit'])` is `'billed_cost'`.
 */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(word.length, name.length) / 3));
    if (distance > allowed || distance >= (best?.distance ?? Infinity)) continue;
    if (distance < Math.max(word.length, name.length)) best = { name, distance };
  }
  return best?.name;
}

/** Longer words are compared by their first characters. */
const LONGEST_WORD = 100;

/**
 * The number of letters to insert, delete, replace or swap with their neighbor.
 * `editDistance('modle', 'model')` is 1.
 */
export function editDistance(from: string, to: string): number {
  const [a, b] = [from.slice(0, LONGEST_WORD), to.slice(0, LONGEST_WORD)];
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? 0) + 1 : Infinity;
      const changed = (row[j - 1] ?? 0) + change;
      next.push(Math.min(changed, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** `a, b or c`. */
export function joinWithOr(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/**
 * One line that is safe in a terminal or on a page. Names from a provider may contain escape
 * sequences, line breaks and direction overrides. Each such character becomes `·`: `'a\u001b[31m'`
 * is `'a·[31m'`.
 */
export function plainText(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, MARK);
}

/** The same for a text whose line breaks are intended. */
export function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

/** The same JSON, with every character escaped that JSON allows but a terminal would interpret. */
export function safeJson(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) =>
      escaped(character.charCodeAt(index)),
    ).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

const MARK = '\u00b7';
