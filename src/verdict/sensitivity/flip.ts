/** Knows the shape of a flip: an input, what it is, and what it would have to be. */

import type { Exact } from '../../domain/exact.ts';

/** At `flipsAt`, with all else as measured, a change saves nothing. */
export interface SolvedFlip {
  readonly input: string;
  readonly today: Exact;
  readonly flipsAt: Exact;
}

export interface FoundFlip extends SolvedFlip {
  /** `flipsAt` over `today`, less 1; absent where today is nothing. */
  readonly change?: Exact;
}
