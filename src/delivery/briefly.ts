/** How text from outside is shortened and escaped for a chat. */

import { shortText } from '../platform/json.ts';

/** Far longer than any sentence of ours; what came from outside is cut somewhere. */
const LONGEST_LINE = 4_000;

/**
 * One line without control characters, escaped character by character, cut so that the escaped text
 * has at most `limit` characters; a cut one ends with `…`.
 */
export function fitting(
  text: string,
  limit: number,
  escape: (character: string) => string = (character) => character,
): string {
  let fit = '';
  const pieces = Array.from(shortText(text, LONGEST_LINE), escape);
  if (pieces.reduce((length, piece) => length + piece.length, 0) <= limit) return pieces.join('');
  for (const piece of pieces) {
    if (fit.length + piece.length >= limit) break;
    fit += piece;
  }
  return `${fit}…`;
}

/** The address of a page as a link may hold it; `undefined` for what is no web address. */
export function webLink(link: string | undefined): string | undefined {
  const url = link === undefined ? null : URL.parse(link);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.href.replaceAll('|', '%7C');
}

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
