/**
 * Theme of the charts: sizes, grays, and colors that color-blind readers can distinguish (Okabe and
 * Ito 2008).
 */

import type { Config } from 'vega-lite';
import { FONT_FAMILY } from '../typeface.ts';

/** Adjacent colors also differ in lightness, so they stay distinct in print. */
export const COLORS = {
  selfHosted: '#D55E00',
  hosted: '#0072B2',
  /** Used capacity, and advised options. */
  good: '#0072B2',
  /** Between `good` and `waste`. */
  middling: '#56B4E9',
  /** Unused, overflowing or avoidable. */
  waste: '#D55E00',
  low: '#56B4E9',
  high: '#E69F00',
  /** Unknown, or shown only for comparison. */
  unknown: '#C3CAD3',
  paid: '#E8ECF1',
  ink: '#1B2430',
  muted: '#56606E',
  grid: '#E3E7EC',
  white: '#ffffff',
} as const;

/** Pixels of the whole picture before scaling, and padding. */
const CHART_WIDTH = 600;
const PADDING = 12;
export const WORDS_WIDTH = CHART_WIDTH - 2 * PADDING;

/** Large enough to read on a phone, which shows the picture at half its width. */
export const TITLE = { fontSize: 19, fontWeight: 600 } as const;
export const SUBTITLE = { fontSize: 14, fontWeight: 400 } as const;
export const LABEL = { fontSize: 14, fontWeight: 400 } as const;
export const STRONG = { fontSize: 14, fontWeight: 600 } as const;
export const SMALL = { fontSize: 12.5, fontWeight: 400 } as const;

export const THEME: Config = {
  font: FONT_FAMILY,
  background: COLORS.white,
  padding: PADDING,
  view: { stroke: null },
  text: { ...LABEL, fill: COLORS.ink, baseline: 'middle' },
  title: {
    anchor: 'start',
    frame: 'bounds',
    color: COLORS.ink,
    ...TITLE,
    subtitleColor: COLORS.muted,
    subtitleFontSize: SUBTITLE.fontSize,
    subtitleLineHeight: 19,
    subtitlePadding: 7,
    lineHeight: 24,
    offset: 14,
  },
  axis: {
    labelColor: COLORS.muted,
    labelFontSize: LABEL.fontSize,
    titleColor: COLORS.muted,
    titleFontSize: LABEL.fontSize,
    titleFontWeight: 400,
    gridColor: COLORS.grid,
    domain: false,
    ticks: false,
    labelPadding: 8,
    titlePadding: 10,
  },
  axisX: { grid: false },
};

/**
 * A vega-lite layer, channel or axis. Untyped, because vega-lite's own types are unions of
 * hundreds.
 */
export type VegaPart = Readonly<Record<string, unknown>>;

/** Encodes a position in pixels from the top left corner of the plot. */
export function pixels(x: string, y: string): VegaPart {
  return { x: inPixels(x), y: inPixels(y) };
}

function inPixels(field: string): VegaPart {
  return { field, type: 'quantitative', scale: null, axis: null };
}

/** Encodes a color from the data. */
export const FILL: VegaPart = { field: 'fill', type: 'nominal', scale: null };
