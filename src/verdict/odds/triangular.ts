/** Knows what is drawn of a range: triangular, with its base as the likeliest value. */

import { invariant } from '../../domain/invariant.ts';
import type { NumberRange } from './drawn.ts';

/**
 * The value below which a share of a triangular range lies, for each share. Half of 0, 5, 10 is 5,
 * an eighth of it is 2.5; half of 0, 0, 10 is 10 - sqrt(50).
 */
export function triangularAt(shares: Float64Array, { low, base, high }: NumberRange): Float64Array {
  invariant(low <= base && base <= high, `no range: ${low}, ${base}, ${high}`);
  const [width, rise, fall] = [high - low, base - low, high - base];
  if (width === 0) return new Float64Array(shares.length).fill(base);
  return shares.map((share) =>
    share * width < rise
      ? low + Math.sqrt(share * width * rise)
      : high - Math.sqrt((1 - share) * width * fall),
  );
}
