/** Knows the shape of a flip: an input, what it is, and what it would have to be. */

import type { Exact } from '../../domain/exact.ts';
import type { FixedRate } from '../../economics/breakEven/breakEvenPoints.ts';

/** At `flipsAt`, with all else as measured, a change saves nothing. */
export interface SolvedFlip {
  readonly input: string;
  readonly today: Exact;
  readonly flipsAt: Exact;
  /** Of a GPU rate where a contract fixes some prices. */
  readonly contract?: FixedRate;
}

export interface FoundFlip extends SolvedFlip {
  /** `flipsAt` over `today`, less 1; absent where today is nothing. */
  readonly change?: Exact;
}
