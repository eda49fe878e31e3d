/**
 * Knows how a chart's finding and what was measured stand above it, in letters and lines that can
 * be drawn.
 */

import { fitted, type Lettering, textWidth, writable } from './fonts.ts';
import { SUBTITLE, TITLE, WORDS_WIDTH } from './theme.ts';

export interface Heading {
  readonly title: string;
  /** Sentences, one after the other. */
  readonly subtitle: readonly string[];
}

const MOST_TITLE_LINES = 3;
const MOST_SUBTITLE_LINES = 4;

/** A title as vega-lite takes it. */
export function headingOf({ title, subtitle }: Heading): { text: string[]; subtitle: string[] } {
  return {
    text: lines(writable(title), TITLE, MOST_TITLE_LINES),
    subtitle: lines(writable(subtitle.join(' ')), SUBTITLE, MOST_SUBTITLE_LINES),
  };
}

/** As few lines as it takes, and those about as wide; what does not go into them is cut. */
function lines(text: string, lettering: Lettering, most: number): string[] {
  const words = text.split(' ').filter((word) => word !== '');
  const wide = broken(words, WORDS_WIDTH, lettering);
  if (wide.length > most) {
    const rest = wide.slice(most - 1).join(' ');
    return [...wide.slice(0, most - 1), rest].map((line) => fitted(line, WORDS_WIDTH, lettering));
  }
  let even = wide;
  for (let width = WORDS_WIDTH; width > WORDS_WIDTH / 2; width -= 8) {
    const narrower = broken(words, width, lettering);
    if (narrower.length > wide.length) break;
    even = narrower;
  }
  return even.map((line) => fitted(line, WORDS_WIDTH, lettering));
}

/** Broken between words; a word wider than the line has a line of its own. */
function broken(words: readonly string[], width: number, lettering: Lettering): string[] {
  const found: string[] = [];
  for (const word of words) {
    const last = found.at(-1);
    const longer = `${last ?? ''} ${word}`;
    if (last !== undefined && textWidth(lettering, longer) <= width) {
      found[found.length - 1] = longer;
    } else found.push(word);
  }
  return found;
}
