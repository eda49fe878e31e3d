/**
 * Knows the charts' letters: Inter from its package, how wide a text is in it, and what it cannot
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

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
}

/** Width in pixels, as the rasterizer will draw it. */
function textWidth({ fontSize = 11, fontWeight = 400 }: TextItem, text: unknown): number {
  const font = fontWeight === 'bold' || Number(fontWeight) >= 600 ? semiBold : regular;
  return (font.layout(String(text)).advanceWidth * fontSize) / font.unitsPerEm;
}

// Without a canvas vega guesses widths, too wide by half: plots shrink and labels are dropped.
// The function it
// measures with is exported but not declared.
const { textMetrics } = vega as unknown as { textMetrics: { width: typeof textWidth } };
textMetrics.width = textWidth;

/**
 * Cut with an ellipsis to a width in pixels: a title that is too long would push its neighbors
 * aside.
 */
export function fitted(text: string, width: number, item: TextItem): string {
  const letters = Array.from(text);
  if (textWidth(item, text) <= width) return text;
  while (letters.length > 0 && textWidth(item, `${letters.join('')}…`) > width) letters.pop();
  return `${letters.join('')}…`;
}

/** Text as Inter can write it: a letter that it does not have is shown as a question mark. */
export function writable(text: string): string {
  return Array.from(text)
    .map((letter) => (regular.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0) ? letter : '?'))
    .join('');
}
