/**
 * Knows how a chart's finding and what was measured stand above it, in letters and widths that can
 * be drawn.
 */

import { fitted, writable } from './fonts.ts';
import { SUBTITLE, TITLE, WORDS_WIDTH } from './theme.ts';

export interface Heading {
  readonly title: string;
  readonly subtitle: readonly string[];
}

/** A title as vega-lite takes it. */
export function headingOf({ title, subtitle }: Heading): { text: string; subtitle: string[] } {
  return {
    text: fitted(writable(title), WORDS_WIDTH, TITLE),
    subtitle: subtitle.map((line) => fitted(writable(line), WORDS_WIDTH, SUBTITLE)),
  };
}
