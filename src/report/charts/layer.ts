/** The words of vega-lite in which every layer is told. */

/** A layer, a channel or an axis of vega-lite: its own types tell unions of hundreds apart. */
export type Drawn = Readonly<Record<string, unknown>>;

/** Where something stands, in pixels from the left top corner of the plot. */
export function pixels(x: string, y: string): Drawn {
  return { x: inPixels(x), y: inPixels(y) };
}

function inPixels(field: string): Drawn {
  return { field, type: 'quantitative', scale: null, axis: null };
}

/** A color as it stands in the data. */
export const FILL: Drawn = { field: 'fill', type: 'nominal', scale: null };
