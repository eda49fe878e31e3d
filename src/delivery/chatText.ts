/** Shortens and escapes text for chat messages. */

import { shortText } from '../platform/json.ts';

/** Longer than any sentence of a report. Text from outside is cut here. */
const LONGEST_LINE = 4_000;

/**
 * One line without control characters, escaped character by character. It is cut so that the
 * escaped text has at most `limit` characters, and a cut text ends with `…`.
 */
export function fitText(
  text: string,
  limit: number,
  escape: (character: string) => string = (character) => character,
): string {
  let shortened = '';
  const pieces = Array.from(shortText(text, LONGEST_LINE), escape);
  if (pieces.reduce((length, piece) => length + piece.length, 0) <= limit) return pieces.join('');
  for (const piece of pieces) {
    if (shortened.length + piece.length >= limit) break;
    shortened += piece;
  }
  return `${shortened}…`;
}

/** The address as it may be used in a link, or `undefined` if it is not an http(s) address. */
export function toWebLink(link: string | undefined): string | undefined {
  const url = link === undefined ? null : URL.parse(link);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.href.replaceAll('|', '%7C');
}

export function toJsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
