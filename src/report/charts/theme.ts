/**
 * Knows how charts look: sizes, grays, and colors that stay apart for color-blind readers (Okabe
 * and Ito 2008).
 */

import type { Config } from 'vega-lite';
import { FONT_FAMILY } from './fonts.ts';

/** Vermilion and blue differ in lightness too, so they hold up in print. */
export const COLORS = {
  owned: '#D55E00',
  hosted: '#0072B2',
  used: '#0072B2',
  paid: '#E8ECF1',
  ink: '#1B2430',
  muted: '#56606E',
  grid: '#E3E7EC',
} as const;

/**
 * Width of a whole chart, and of a plot that leaves room for its axis, in pixels before scaling.
 */
export const CHART_WIDTH = 680;
export const PLOT_WIDTH = 584;

export const TITLE = { fontSize: 17, fontWeight: 600 } as const;
export const SUBTITLE = { fontSize: 12.5, fontWeight: 400 } as const;
export const PANEL_TITLE = { fontSize: 12.5, fontWeight: 600 } as const;

/** Room for words inside the padding. */
export const WORDS_WIDTH = CHART_WIDTH - 30;

export const THEME: Config = {
  font: FONT_FAMILY,
  background: '#ffffff',
  padding: 14,
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'bounds',
    color: COLORS.ink,
    ...TITLE,
    subtitleColor: COLORS.muted,
    subtitleFontSize: SUBTITLE.fontSize,
    subtitleLineHeight: 17,
    subtitlePadding: 6,
    lineHeight: 22,
    offset: 16,
  },
  axis: {
    labelColor: COLORS.muted,
    labelFontSize: 12,
    titleColor: COLORS.muted,
    titleFontSize: 12,
    titleFontWeight: 400,
    gridColor: COLORS.grid,
    domain: false,
    ticks: false,
    labelPadding: 8,
    titlePadding: 10,
  },
  axisX: { grid: false },
};
