/** Formats figures as text with six decimals, as facts and audits store them. */

import { type Exact, toDecimal } from './exact.ts';
import { usd, usdText } from './money.ts';
import type { RoundingMode } from './rounding.ts';

/** Dollars with six decimals, `"6.000000"`. */
export type UsdText = string;
/** A ratio with six decimals, `"0.361111"`. */
export type RatioText = string;

export function nanoUsdText(nano: bigint): UsdText {
  return usdText(usd(nano));
}

/** Use floor or ceiling where rounding must not reach a threshold that the ratio did not reach. */
export function sixPlaces(ratio: Exact, mode: RoundingMode = 'half-even'): RatioText {
  return toDecimal(ratio, 6, mode);
}
