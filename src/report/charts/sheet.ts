/** Builds a chart's sheet: fixed width, with a plot between two margins. */

import type { TopLevelSpec } from 'vega-lite';
import { COLORS, FILL, pixels, SUBTITLE, TITLE, type VegaPart, WORDS_WIDTH } from './theme.ts';
import { type Label, labelRow, type Rect } from './marks.ts';
import { fitChartText, type FontStyle, fontTextWidth, replaceMissingGlyphs } from './fonts.ts';

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

export interface ChartHeading {
  readonly title: string;
  /** Sentences, in order. */
  readonly subtitle: readonly string[];
}

const MOST_TITLE_LINES = 3;
const MOST_SUBTITLE_LINES = 4;

/** The title in vega-lite's format. */
function layOutHeading({ title, subtitle }: ChartHeading): {
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
