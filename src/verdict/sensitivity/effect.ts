/** Knows the shape of what one input does to a saving. */

import type { Exact } from '../../domain/exact.ts';

export interface Effect {
  readonly input: string;
  /** In short words: `40 h`, `−30 %`, `0.5`. */
  readonly low: string;
  readonly base: string;
  readonly high: string;
  readonly savingAtLowUsd: Exact;
  readonly savingAtHighUsd: Exact;
}
