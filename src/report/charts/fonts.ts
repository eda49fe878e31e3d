/**
 * The charts' letters: Inter from its package, how wide a text is in it, and what it cannot
 * write.
 */

import { createRequire } from 'node:module';
import { type Font, openSync } from 'fontkit';
import * as vega from 'vega';

const { resolve } = createRequire(import.meta.url);
const file = (weight: string) => resolve(`@expo-google-fonts/inter/${weight}/Inter_${weight}.ttf`);

export const FONT_FAMILY = 'Inter';

/** For the rasterizer, which is to look at no font of the machine. */
export const FONT_FILES = [file('400Regular'), file('600SemiBold')];

const [regular, semiBold] = FONT_FILES.map((path) => openSync(path)) as [Font, Font];

export interface Lettering {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
}

const advances = new Map([regular, semiBold].map((font) => [font, new Map<number, number>()]));

/** Of one letter, in ems; looked up once a letter, for fonts are slow to ask. */
function advanceOf(font: Font, letter: string): number {
  const code = letter.codePointAt(0) ?? 0;
  const known = advances.get(font)?.get(code);
  if (known !== undefined) return known;
  const advance = font.glyphForCodePoint(code).advanceWidth / font.unitsPerEm;
  advances.get(font)?.set(code, advance);
  return advance;
}

/**
 * Width in pixels: letters side by side. The rasterizer moves some pairs closer together, so a
 * text is never wider than this, and some 1 % narrower. `$41,200` at 14 pixels is 54 wide.
 */
export function textWidth({ fontSize = 11, fontWeight = 400 }: Lettering, text: unknown): number {
  const font = fontWeight === 'bold' || Number(fontWeight) >= 600 ? semiBold : regular;
  const ems = Array.from(String(text)).reduce((sum, letter) => sum + advanceOf(font, letter), 0);
  return ems * fontSize;
}

// Without a canvas vega guesses widths, too wide by half: plots shrink and labels are dropped.
// The function it measures with is exported but not declared.
const { textMetrics } = vega as unknown as { textMetrics: { width: typeof textWidth } };
textMetrics.width = textWidth;

/** Cut with an ellipsis to a width in pixels: what is too long would run into its neighbors. */
export function fitted(text: string, width: number, lettering: Lettering): string {
  const letters = Array.from(text);
  if (textWidth(lettering, text) <= width) return text;
  const cut = () => `${letters.join('').trimEnd()}…`;
  while (letters.length > 0 && textWidth(lettering, cut()) > width) letters.pop();
  return cut();
}

/**
 * A name cut in its middle: names of one family differ at one end or the other, and are to be told
 * apart. `team-39-summarization` may become `team-39-…ization`.
 */
export function fittedName(name: string, width: number, lettering: Lettering): string {
  const letters = Array.from(name);
  if (textWidth(lettering, name) <= width) return name;
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
    if (textWidth(lettering, cut) <= width) return cut;
  }
  return fitted(name, width, lettering);
}

/** Text as Inter can write it: a letter that it does not have is shown as a question mark. */
export function writable(text: string): string {
  return Array.from(text)
    .map((letter) => (regular.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0) ? letter : '?'))
    .join('');
}
