/** Ranges within which prices can move in a quarter. */

import { type Exact, exact, ONE, subtract, toDecimal } from '../../domain/exact.ts';
import type { RatioText } from '../auditWord.ts';

/** Factors on today's value. */
export interface FactorRange {
  readonly low: Exact;
  readonly high: Exact;
}

/**
 * The price of one checkpoint at a provider: no expected drift, most monthly changes within 30%,
 * more of them up than down.
 */
export const HOSTED_PRICE_RANGE: FactorRange = { low: exact(7n, 10n), high: exact(13n, 10n) };

/** Rates of one GPU model fell by half in two years, then rose by 38 to 40% in five months. */
export const GPU_RATE_RANGE: FactorRange = { low: exact(7n, 10n), high: exact(14n, 10n) };

/** `-0.300000` for 0.7, `0.125000` for 1.125. */
export function changeText(factor: Exact): RatioText {
  return toDecimal(subtract(factor, ONE), 6);
}
