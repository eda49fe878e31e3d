/** Text from outside, made harmless to look at: no control or direction characters. */

/**
 * One line fit for a terminal or a page. A name from a provider may hold escape sequences, line
 * breaks and direction overrides, which a terminal or a browser would obey: each of their
 * characters becomes a visible mark.
 * `'a\u001b[31m'` is `'a·[31m'`.
 */
export function plainText(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, MARK);
}

/** The same for a text whose line breaks are its writer's. */
export function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

const MARK = '\u00b7';
