/** Builds the marks of charts: shapes and labels in pixels, and bars between values. */

import { type FontStyle, fontTextWidth } from './fonts.ts';
import type { Scale } from './scale.ts';
import { COLORS, LABEL } from './theme.ts';

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
  readonly words: string;
  readonly fill?: string;
  readonly lettering?: FontStyle;
  readonly align?: 'left' | 'center' | 'right';
  /** Drawn with a white halo, because lines may run behind it. */
  readonly isHaloed?: boolean;
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
  readonly words: string;
  readonly fill: string;
}

const SWATCH = 12;

/** Legend of the colors, from `x` to the right, centered at `y`. */
export function legendAt(
  { x, y }: { readonly x: number; readonly y: number },
  items: readonly LegendItem[],
): { readonly rects: Rect[]; readonly labels: Label[] } {
  let at = x;
  const rects = items.map(({ words, fill }) => {
    const from = at;
    at += SWATCH + 6 + fontTextWidth(LABEL, words) + 18;
    return { x: from, x2: from + SWATCH, y: y - SWATCH / 2, y2: y + SWATCH / 2, fill };
  });
  const labels = items.map(({ words }, index) => ({ x: (rects[index]?.x2 ?? x) + 6, y, words }));
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
export function labelRow({ lettering = LABEL, fill = COLORS.ink, align = 'left', ...at }: Label) {
  const { fontSize: size, fontWeight: weight } = { ...LABEL, ...lettering };
  return { x: at.x, y: at.y, words: at.words, fill, align, size, weight };
}
