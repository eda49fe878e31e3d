/**
 * Knows a line of a bill inside a window: how much of a charge falls into each day, and for whom.
 */

import { apportionAlong } from '../../domain/apportion.ts';
import type { Charge } from '../../domain/charge.ts';
import { sumNano } from '../../domain/money.ts';
import type { Attribution } from './attribution.ts';
import { cutByDay, type DayGrid, type Piece } from './days.ts';

/** A charge and its parts inside the window. */
export interface Line {
  readonly charge: Charge;
  readonly cuts: readonly Cut[];
  /** Sum of the cuts. */
  readonly nanoUsd: bigint;
  /** Indexes of the deployments it serves. */
  readonly sharers: readonly number[];
}

export interface Cut extends Piece {
  readonly nanoUsd: bigint;
}

/**
 * Cuts a charge at midnights and at the window's edges, in proportion to time.
 * $3.00 from 22:00 to 01:00 is $2.00 on the first day and $1.00 on the second.
 */
export function lineOf(charge: Charge, grid: DayGrid, attribute: Attribution): Line {
  const pieces = cutByDay(charge.period, grid);
  const weights = pieces.map(({ startMs, endMs }) => BigInt(endMs - startMs));
  const parts = pieces.length === 1 ? [charge.billed] : apportionAlong(charge.billed, weights);
  const cuts = pieces
    .map((piece, index) => ({ ...piece, nanoUsd: parts[index] ?? 0n }))
    .filter(({ day }) => day >= 0);
  return {
    charge,
    cuts,
    nanoUsd: sumNano(cuts.map(({ nanoUsd }) => nanoUsd)),
    sharers: attribute(charge),
  };
}
