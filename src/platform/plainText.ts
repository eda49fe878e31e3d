/** Makes text from outside safe to show: no control or direction characters. */

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
