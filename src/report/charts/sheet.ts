/** Knows the sheet that a chart is drawn on: always as wide, its plot between two margins. */

import type { TopLevelSpec } from 'vega-lite';
import { type Heading, headingOf } from './heading.ts';
import { WORDS_WIDTH } from './theme.ts';

/** A layer, a channel or an axis of vega-lite: its own types tell unions of hundreds apart. */
export type Drawn = Readonly<Record<string, unknown>>;

export interface Sheet {
  readonly heading: Heading;
  /** Pixels beside the plot, for names and labels. */
  readonly left: number;
  readonly right: number;
  /** Pixels above the plot, for a key. */
  readonly above?: number;
  /** Of the plot. */
  readonly height: number;
}

/** The layers on their sheet, in order of drawing. */
export function sheetOf(sheet: Sheet, layer: readonly Drawn[]): TopLevelSpec {
  const width = plotWidth(sheet);
  const spec = {
    title: headingOf(sheet.heading),
    width,
    height: sheet.height,
    data: { values: [{}] },
    layer: [paper(sheet), ...layer],
  };
  return spec as unknown as TopLevelSpec;
}

export function plotWidth({ left, right }: Pick<Sheet, 'left' | 'right'>): number {
  return WORDS_WIDTH - left - right;
}

/** Unseen, but it takes the room: without it a picture would be as wide as its longest label. */
function paper({ left, right, above = 0, height }: Omit<Sheet, 'heading'>): Drawn {
  const x = { value: -left };
  const x2 = { value: plotWidth({ left, right }) + right };
  return {
    mark: { type: 'rect', opacity: 0 },
    encoding: { x, x2, y: { value: -above }, y2: { value: height } },
  };
}

/** Where something stands, in pixels from the left top corner of the plot. */
export function pixels(x: string, y: string): Drawn {
  return { x: inPixels(x), y: inPixels(y) };
}

export function inPixels(field: string): Drawn {
  return { field, type: 'quantitative', scale: null, axis: null };
}

/** Words as they stand in the data, each with its own color. */
export const WORDS: Drawn = { field: 'words', type: 'nominal' };
export const FILL: Drawn = { field: 'fill', type: 'nominal', scale: null };
