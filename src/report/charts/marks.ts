/** Knows the marks of which charts are made: words at pixels, bars between values, a key. */

import { type Lettering, textWidth } from './fonts.ts';
import type { Scale } from './scale.ts';
import { type Drawn, FILL, inPixels, pixels, WORDS } from './sheet.ts';
import { COLORS, LABEL } from './theme.ts';

/** Words whose middle line stands at `y`; pixels from the left top corner of the plot. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly words: string;
  readonly fill?: string;
}

export interface LabelStyle {
  readonly lettering?: Lettering;
  readonly align?: 'left' | 'center' | 'right';
}

export function labelsLayer(labels: readonly Label[], style: LabelStyle = {}): Drawn {
  const { lettering = LABEL, align = 'left' } = style;
  return {
    data: { values: labels.map((label) => ({ fill: COLORS.ink, ...label })) },
    mark: { type: 'text', align, ...lettering },
    encoding: { ...pixels('x', 'y'), text: WORDS, fill: FILL },
  };
}

/** Labels that lines may run behind: each stands on a white shape of itself. */
export function haloedLabels(labels: readonly Label[], style: LabelStyle = {}): Drawn[] {
  const { mark, ...rest } = labelsLayer(labels, style);
  const halo = { ...(mark as object), stroke: COLORS.white, strokeWidth: 5, strokeJoin: 'round' };
  return [
    { ...rest, mark: halo },
    { ...rest, mark },
  ];
}

/** A bar lying between two values of the scale, `y` to `y2` in pixels. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly y2: number;
  readonly fill: string;
}

export function barsLayer(bars: readonly Bar[], scale: Scale, axis: Drawn | null): Drawn {
  return {
    data: { values: bars },
    mark: { type: 'rect' },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        scale: { domain: scale.domain, nice: false, zero: false },
        axis,
      },
      x2: { field: 'to' },
      y: inPixels('y'),
      y2: { field: 'y2' },
      fill: FILL,
    },
  };
}

/** A line across the plot at a value, e.g. at zero. */
export function ruleLayer(at: number, height: number, style: Drawn = {}): Drawn {
  return {
    mark: { type: 'rule', color: COLORS.ink, strokeWidth: 1.5, ...style },
    encoding: { x: { datum: at, type: 'quantitative' }, y: { value: 0 }, y2: { value: height } },
  };
}

export interface KeyItem {
  readonly words: string;
  readonly fill: string;
}

const SWATCH = 12;

/** What the colors mean, side by side from `x`, centered at `y`. */
export function keyLayers(items: readonly KeyItem[], { x, y }: { x: number; y: number }): Drawn[] {
  let at = x;
  const placed = items.map((item) => {
    const from = at;
    at += SWATCH + 6 + textWidth(LABEL, item.words) + 18;
    return { ...item, x: from, x2: from + SWATCH, y: y - SWATCH / 2, y2: y + SWATCH / 2 };
  });
  const swatches = {
    data: { values: placed },
    mark: { type: 'rect' },
    encoding: { ...pixels('x', 'y'), x2: { field: 'x2' }, y2: { field: 'y2' }, fill: FILL },
  };
  const words = placed.map((item) => ({ x: item.x2 + 6, y, words: item.words }));
  return [swatches, labelsLayer(words)];
}

/** Where a value stands, in pixels from the left of the plot. */
export function pixelOf(value: number, { domain: [low, high] }: Scale, width: number): number {
  return ((value - low) / (high - low)) * width;
}
