/** Random draws of a generated world, which fast-check can shrink. */

import * as fc from 'fast-check';

export type Draw = fc.GeneratorValue;

export const STEP_MS = 300_000;

export function int(draw: Draw, min: number, max: number): number {
  return draw(fc.integer, { min, max });
}

export function pick<T>(draw: Draw, ...values: readonly [T, ...T[]]): T {
  return values[int(draw, 0, values.length - 1)] ?? values[0];
}
