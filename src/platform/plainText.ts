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

/** The same JSON with every character escaped that a terminal would obey and JSON lets through. */
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
