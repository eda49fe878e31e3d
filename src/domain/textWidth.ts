/** Measures text in the columns of a terminal. */

/** Characters before these take one column each. */
const BEYOND_LATIN = /[\u0300-\u{10ffff}]/u;

const WIDE = new RegExp(
  '[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f' +
    '\\uff00-\\uff60\\uffe0-\\uffe6\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}]',
  'u',
);

/** The width of a text in columns: two for an East Asian letter or emoji, 0 for an accent. */
export function displayWidth(text: string): number {
  if (!BEYOND_LATIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfOne(character);
  return width;
}

function widthOfOne(character: string): number {
  if (!BEYOND_LATIN.test(character)) return 1;
  if (/\p{M}/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The longest beginning of a text that is at most `room` columns wide. */
export function fittingStart(text: string, room: number): string {
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += widthOfOne(character);
    if (width > room) break;
    kept += character;
  }
  return kept;
}
