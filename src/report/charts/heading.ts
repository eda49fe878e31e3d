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

/** Broken between words; what does not go into the last line is cut. */
function lines(text: string, lettering: Lettering, most: number): string[] {
  const words = text.split(' ').filter((word) => word !== '');
  const broken: string[] = [];
  for (const word of words) {
    const last = broken.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    const fits = textWidth(lettering, longer) <= WORDS_WIDTH;
    if (last !== undefined && (fits || broken.length === most)) broken[broken.length - 1] = longer;
    else broken.push(word);
  }
  return broken.map((line) => fitted(line, WORDS_WIDTH, lettering));
}
