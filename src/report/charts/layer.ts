/** Common vega-lite encodings for chart layers. */

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
