/** Measures and fits text in the charts' font, which is Inter from its package. */

import { type Font, openSync } from 'fontkit';
import * as vega from 'vega';
import { FONT_FILES } from '../typeface.ts';

const [regular, semiBold] = FONT_FILES.map((path) => openSync(path)) as [Font, Font];

export interface FontStyle {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
}

const advances = new Map([regular, semiBold].map((font) => [font, new Map<number, number>()]));

/** Advance width of one letter in ems. Cached, because font lookups are slow. */
function advanceOf(font: Font, letter: string): number {
  const code = letter.codePointAt(0) ?? 0;
  const known = advances.get(font)?.get(code);
  if (known !== undefined) return known;
  const advance = font.glyphForCodePoint(code).advanceWidth / font.unitsPerEm;
  advances.get(font)?.set(code, advance);
  return advance;
}

/**
 * Text width in pixels, without kerning. The rasterizer applies kerning, so a text is never wider
 * than this and about 1% narrower. `$41,200` at 14 pixels is 54 wide.
 */
export function fontTextWidth(
  { fontSize = 11, fontWeight = 400 }: FontStyle,
  text: unknown,
): number {
  const font = fontWeight === 'bold' || Number(fontWeight) >= 600 ? semiBold : regular;
  const ems = Array.from(String(text)).reduce((sum, letter) => sum + advanceOf(font, letter), 0);
  return ems * fontSize;
}

// Without a canvas, vega estimates widths 50% too wide, so plots shrink and labels are dropped. Its
// measuring function is exported, but not declared.
const { textMetrics } = vega as unknown as { textMetrics: { width: typeof fontTextWidth } };
textMetrics.width = fontTextWidth;

/** Cuts a text with an ellipsis to a width in pixels. */
export function fitChartText(text: string, width: number, lettering: FontStyle): string {
  const letters = Array.from(text);
  if (fontTextWidth(lettering, text) <= width) return text;
  const cut = () => `${letters.join('').trimEnd()}…`;
  while (letters.length > 0 && fontTextWidth(lettering, cut()) > width) letters.pop();
  return cut();
}

/**
 * Cuts a name in the middle, because names of one family differ at the start or the end.
 * `team-39-summarization` may become `team-39-…ization`.
 */
export function fitChartName(name: string, width: number, lettering: FontStyle): string {
  const letters = Array.from(name);
  if (fontTextWidth(lettering, name) <= width) return name;
  for (let kept = letters.length - 1; kept > 1; kept -= 1) {
    const head = letters
      .slice(0, Math.ceil(kept / 2))
      .join('')
      .trimEnd();
    const tail = letters
      .slice(letters.length - Math.floor(kept / 2))
      .join('')
      .trimStart();
    const cut = `${head}…${tail}`;
    if (fontTextWidth(lettering, cut) <= width) return cut;
  }
  return fitChartText(name, width, lettering);
}

/** Replaces letters that Inter lacks with a question mark. */
export function replaceMissingGlyphs(text: string): string {
  return Array.from(text)
    .map((letter) => (regular.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0) ? letter : '?'))
    .join('');
}
