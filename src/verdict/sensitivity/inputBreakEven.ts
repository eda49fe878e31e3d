/** Types of a break-even: an input, its value today, and its value at break-even. */

import type { Exact } from '../../domain/exact.ts';
import type { FixedRate } from '../../economics/breakEven/breakEvenPoints.ts';

/**
 * Inputs with a break-even, in the unit of their figures: shares, dollars, hours of the window,
 * tokens.
 */
export type BreakEvenInputCode =
  | 'tokens-per-day'
  | 'utilization'
  | 'hosted-price'
  | 'gpu-rate'
  | 'ops-hours'
  | 'cache-share';

/** At `flipsAt`, others as measured, a change saves nothing. */
export interface SolvedBreakEven {
  readonly code: BreakEvenInputCode;
  readonly today: Exact;
  readonly flipsAt: Exact;
  /** For a GPU rate, if a contract fixes some prices. */
  readonly contract?: FixedRate;
}

export interface InputBreakEven extends SolvedBreakEven {
  /** `flipsAt` over `today`, less 1. Absent if `today` is 0. */
  readonly change?: Exact;
}
