/** Lays out a chart's title and subtitle in lines that fit the font and the width. */

import { fitChartText, type FontStyle, fontTextWidth, replaceMissingGlyphs } from './fonts.ts';
import { SUBTITLE, TITLE, WORDS_WIDTH } from './theme.ts';

export interface ChartHeading {
  readonly title: string;
  /** Sentences, in order. */
  readonly subtitle: readonly string[];
}

const MOST_TITLE_LINES = 3;
const MOST_SUBTITLE_LINES = 4;

/** The title in vega-lite's format. */
export function layOutHeading({ title, subtitle }: ChartHeading): {
  text: string[];
  subtitle: string[];
} {
  return {
    text: lines(replaceMissingGlyphs(title), TITLE, MOST_TITLE_LINES),
    subtitle: lines(replaceMissingGlyphs(subtitle.join(' ')), SUBTITLE, MOST_SUBTITLE_LINES),
  };
}

/** Breaks a text into as few lines as possible, of similar width. Cuts what does not fit. */
function lines(text: string, lettering: FontStyle, most: number): string[] {
  const words = text.split(' ').filter((word) => word !== '');
  const widths = words.map((word) => fontTextWidth(lettering, word));
  const blank = fontTextWidth(lettering, ' ');
  const starts = (width: number) => lineStarts(widths, blank, width);
  const wide = starts(WORDS_WIDTH);
  let even = wide;
  for (let width = WORDS_WIDTH - 8; width > WORDS_WIDTH / 2; width -= 8) {
    const narrower = starts(width);
    if (narrower.length > wide.length) break;
    even = narrower;
  }
  const kept = even.length > most ? wide.slice(0, most) : even;
  return kept
    .map((start, line) => words.slice(start, kept[line + 1]).join(' '))
    .map((line) => fitChartText(line, WORDS_WIDTH, lettering));
}

/** Index of the first word of each line. A word wider than a line gets its own line. */
function lineStarts(widths: readonly number[], blank: number, most: number): number[] {
  const starts: number[] = [];
  let end = Number.POSITIVE_INFINITY;
  for (const [index, width] of widths.entries()) {
    const longer = end + blank + width;
    if (longer > most) starts.push(index);
    end = longer > most ? width : longer;
  }
  return starts;
}
