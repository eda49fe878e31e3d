/** Builds a chart's sheet of fixed width: shapes, lines and labels in pixels around a plot. */

import type { TopLevelSpec } from 'vega-lite';
import { fitChartText, type FontStyle, fontTextWidth, replaceMissingGlyphs } from './fonts.ts';
import type { Scale } from './scale.ts';
import {
  COLORS,
  FILL,
  LABEL,
  pixels,
  SUBTITLE,
  TITLE,
  type VegaPart,
  WORDS_WIDTH,
} from './theme.ts';

/** A rectangle, in pixels from the top left corner of the plot. */
export interface Rect {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly fill: string;
  /** Tooltip on web pages. Absent if the shape shows no figure. */
  readonly says?: string;
}

/** A label, vertically centered at `y`. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly fill?: string;
  readonly lettering?: FontStyle;
  readonly align?: 'left' | 'center' | 'right';
  /** Drawn with a white halo, because lines may run behind it. */
  readonly isHaloed?: boolean;
}

/** A straight line, in pixels. */
export interface Line {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly dash: readonly [drawn: number, gap: number];
}

export const SOLID = [1, 0] as const;
export const DASHED = [5, 4] as const;

/** Rows of one height, below `top`. */
export interface Rows {
  readonly height: number;
  readonly top?: number;
}

export function rowMiddle(index: number, { height, top = 0 }: Rows): number {
  return top + index * height + height / 2;
}

/** A column of labels, one in the middle of each row. */
export function rowLabels(
  texts: readonly string[],
  x: number,
  rows: Rows,
  style: Partial<Label> = {},
): Label[] {
  return texts.map((text, index) => ({ x, y: rowMiddle(index, rows), text, ...style }));
}

/** Applies one style to all labels. */
export function withStyle(
  labels: readonly Label[],
  style: Pick<Label, 'fill' | 'lettering' | 'align' | 'isHaloed'>,
): Label[] {
  return labels.map((label) => ({ ...style, ...label }));
}

/** A horizontal bar between two values of the scale. `y` and `y2` are in pixels. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly y2: number;
  readonly fill: string;
  readonly says?: string;
}

/** Converts a bar to a rectangle in a plot of the given width. Keeps the bar's other fields. */
export function toRect<Told extends Bar>(bar: Told, scale: Scale, width: number): Told & Rect {
  const [x, x2] = [pixelOf(bar.from, scale, width), pixelOf(bar.to, scale, width)];
  return { ...bar, x, x2 };
}

export interface LegendItem {
  readonly text: string;
  readonly fill: string;
}

const SWATCH = 12;

/** Legend of the colors, from `x` to the right, centered at `y`. */
export function legendAt(
  { x, y }: { readonly x: number; readonly y: number },
  items: readonly LegendItem[],
): { readonly rects: Rect[]; readonly labels: Label[] } {
  let at = x;
  const rects = items.map(({ text, fill }) => {
    const from = at;
    at += SWATCH + 6 + fontTextWidth(LABEL, text) + 18;
    return { x: from, x2: from + SWATCH, y: y - SWATCH / 2, y2: y + SWATCH / 2, fill };
  });
  const labels = items.map(({ text }, index) => ({ x: (rects[index]?.x2 ?? x) + 6, y, text }));
  return { rects, labels };
}

/** Position of a value, in pixels from the left of the plot. */
export function pixelOf(value: number, { domain: [low, high] }: Scale, width: number): number {
  return ((value - low) / (high - low)) * width;
}

export function widest(texts: readonly string[], lettering: FontStyle): number {
  return Math.max(0, ...texts.map((text) => fontTextWidth(lettering, text)));
}

/** Converts a label to a data row. */
function labelRow({ lettering = LABEL, fill = COLORS.ink, align = 'left', ...at }: Label) {
  const { fontSize: size, fontWeight: weight } = { ...LABEL, ...lettering };
  return { x: at.x, y: at.y, text: at.text, fill, align, size, weight };
}

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
  readonly lines?: readonly Line[];
  readonly labels?: readonly Label[];
}

/** Combines all shapes in one layer and all labels in another, because each layer takes time. */
export function buildSheet(sheet: Sheet, contents: SheetContents): TopLevelSpec {
  const { rects = [], layers = [], lines = [], labels = [] } = contents;
  const haloed = labels.filter(({ isHaloed }) => isHaloed === true);
  const spec = {
    title: layOutHeading(sheet.heading),
    width: plotWidth(sheet),
    height: sheet.height,
    layer: [
      rectsLayer([paper(sheet), ...rects]),
      ...layers,
      ...(lines.length > 0 ? [linesLayer(lines, ENDS)] : []),
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
    encoding: { ...ENDS, fill: FILL },
  };
}

/** Lines that begin and end where `encoding` says, each with its own dashes. */
export function linesLayer(
  lines: readonly { readonly dash: Line['dash'] }[],
  encoding: VegaPart,
): VegaPart {
  return {
    data: { values: lines },
    mark: { type: 'rule', color: COLORS.ink, strokeWidth: 1.5 },
    encoding: { ...encoding, strokeDash: { field: 'dash', type: 'nominal', scale: null } },
  };
}

const ENDS: VegaPart = { ...pixels('x', 'y'), x2: { field: 'x2' }, y2: { field: 'y2' } };

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
  const text = { field: 'text', type: 'nominal' };
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
