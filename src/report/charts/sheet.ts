/** The sheet that a chart is drawn on: always as wide, its plot between two margins. */

import type { TopLevelSpec } from 'vega-lite';
import { type Heading, headingOf } from './heading.ts';
import { type Drawn, FILL, pixels } from './layer.ts';
import { type Label, type Rect, rowOf } from './marks.ts';
import { COLORS, WORDS_WIDTH } from './theme.ts';

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

/** What stands on a sheet, in order of drawing. */
export interface Contents {
  readonly rects?: readonly Rect[];
  readonly layers?: readonly Drawn[];
  readonly labels?: readonly Label[];
}

/** All shapes are one layer, and so are all words: each layer costs time. */
export function sheetOf(sheet: Sheet, contents: Contents): TopLevelSpec {
  const { rects = [], layers = [], labels = [] } = contents;
  const haloed = labels.filter(({ isHaloed }) => isHaloed === true);
  const spec = {
    title: headingOf(sheet.heading),
    width: plotWidth(sheet),
    height: sheet.height,
    layer: [
      rectsLayer([paper(sheet), ...rects]),
      ...layers,
      ...(haloed.length > 0 ? [labelsLayer(haloed, HALO)] : []),
      ...(labels.length > 0 ? [labelsLayer(labels)] : []),
    ],
  };
  return spec as unknown as TopLevelSpec;
}

export function plotWidth({ left, right }: Pick<Sheet, 'left' | 'right'>): number {
  return WORDS_WIDTH - left - right;
}

/** Unseen, but it takes the room: without it a picture would be as wide as its longest label. */
function paper({ left, right, above = 0, height }: Omit<Sheet, 'heading'>): Rect {
  const x2 = plotWidth({ left, right }) + right;
  return { x: -left, x2, y: -above, y2: height, fill: 'transparent' };
}

function rectsLayer(rects: readonly Rect[]): Drawn {
  return {
    data: { values: rects },
    mark: { type: 'rect' },
    encoding: { ...pixels('x', 'y'), x2: { field: 'x2' }, y2: { field: 'y2' }, fill: FILL },
  };
}

const HALO: Drawn = { stroke: COLORS.white, strokeWidth: 5, strokeJoin: 'round' };

/** Each in its own letters. */
function labelsLayer(labels: readonly Label[], style: Drawn = {}): Drawn {
  const mark = {
    type: 'text',
    align: { expr: 'datum.align' },
    fontSize: { expr: 'datum.size' },
    fontWeight: { expr: 'datum.weight' },
    ...style,
  };
  const text = { field: 'words', type: 'nominal' };
  return {
    data: { values: labels.map(rowOf) },
    mark,
    encoding: { ...pixels('x', 'y'), text, fill: FILL },
  };
}
