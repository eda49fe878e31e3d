/** The shape of a break-even: an input, its value today, and its value at break-even. */

import type { Exact } from '../../domain/exact.ts';
import type { FixedRate } from '../../economics/breakEven/breakEvenPoints.ts';

/** Each in the unit of its figures: shares, dollars, hours of the window, tokens. */
export type FlipCode =
  | 'tokens-per-day'
  | 'utilization'
  | 'hosted-price'
  | 'gpu-rate'
  | 'ops-hours'
  | 'cache-share';

/** At `flipsAt`, with all else as measured, a change saves nothing. */
export interface SolvedFlip {
  readonly code: FlipCode;
  readonly today: Exact;
  readonly flipsAt: Exact;
  /** Of a GPU rate where a contract fixes some prices. */
  readonly contract?: FixedRate;
}

export interface FoundFlip extends SolvedFlip {
  /** `flipsAt` over `today`, less 1; absent where today is nothing. */
  readonly change?: Exact;
}
