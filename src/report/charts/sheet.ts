/** Builds a chart's sheet: fixed width, with a plot between two margins. */

import type { TopLevelSpec } from 'vega-lite';
import { type ChartHeading, layOutHeading } from './heading.ts';
import { type VegaPart, FILL, pixels } from './layer.ts';
import { type Label, type Rect, labelRow } from './marks.ts';
import { COLORS, WORDS_WIDTH } from './theme.ts';

export interface Sheet {
  readonly heading: ChartHeading;
  /** Margins beside the plot in pixels, for names and labels. */
  readonly left: number;
  readonly right: number;
  /** Margin above the plot in pixels, for a legend. */
  readonly above?: number;
  /** Height of the plot in pixels. */
  readonly height: number;
}

/** Contents of a sheet, in drawing order. */
export interface SheetContents {
  readonly rects?: readonly Rect[];
  readonly layers?: readonly VegaPart[];
  readonly labels?: readonly Label[];
}

/** Combines all shapes in one layer and all labels in another, because each layer takes time. */
export function buildSheet(sheet: Sheet, contents: SheetContents): TopLevelSpec {
  const { rects = [], layers = [], labels = [] } = contents;
  const haloed = labels.filter(({ isHaloed }) => isHaloed === true);
  const spec = {
    title: layOutHeading(sheet.heading),
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

/**
 * A transparent rectangle that fixes the picture's width. Otherwise the longest label would set it.
 */
function paper({ left, right, above = 0, height }: Omit<Sheet, 'heading'>): Rect {
  const x2 = plotWidth({ left, right }) + right;
  return { x: -left, x2, y: -above, y2: height, fill: 'transparent' };
}

function rectsLayer(rects: readonly Rect[]): VegaPart {
  return {
    data: { values: rects },
    mark: { type: 'rect' },
    encoding: { ...pixels('x', 'y'), x2: { field: 'x2' }, y2: { field: 'y2' }, fill: FILL },
  };
}

const HALO: VegaPart = { stroke: COLORS.white, strokeWidth: 5, strokeJoin: 'round' };

/** Labels, each with its own style. */
function labelsLayer(labels: readonly Label[], style: VegaPart = {}): VegaPart {
  const mark = {
    type: 'text',
    align: { expr: 'datum.align' },
    fontSize: { expr: 'datum.size' },
    fontWeight: { expr: 'datum.weight' },
    ...style,
  };
  const text = { field: 'words', type: 'nominal' };
  return {
    data: { values: labels.map(labelRow) },
    mark,
    encoding: { ...pixels('x', 'y'), text, fill: FILL },
  };
}
