/** Knows a series of dollars by day as sums of blocks, so that a draw costs a few look-ups. */

import { type Circle, circular, total } from './circle.ts';
import type { Walk } from './walk.ts';

export interface Spread {
  readonly usd: number;
  /** What a block that starts on this day strays from the mean of blocks; the last one likewise. */
  readonly blocks: Float64Array;
  readonly last: Float64Array;
  /** What the missing time would add or take, had it been like the block that starts here. */
  readonly gap: Float64Array;
}

/**
 * Days that are not wholly covered are filled at the mean rate, which strays nowhere: where a gap
 * lies does not matter, and the center stays what was found over covered time.
 */
export function spreadOf(usd: Float64Array, circle: Circle): Spread {
  const { firstDay, days, blockDays, lastDays, stretch } = circle;
  const seen = usd.subarray(firstDay, firstDay + days);
  const rate = circle.coveredTime > 0 ? total(seen) / circle.coveredTime : 0;
  const filled = seen.map((value, day) => value + rate * (circle.missing[day] ?? 0));
  const mean = total(filled) / days;
  const strays = (length: number) =>
    circular(filled, length).map((sum) => stretch * (sum - length * mean));
  return {
    usd: total(usd),
    blocks: strays(blockDays),
    last: lastDays > 0 ? strays(lastDays) : NONE,
    gap: circle.missingTime > 0 ? gapOf(seen, rate, circle) : NONE,
  };
}

const NONE = new Float64Array(0);

function gapOf(seen: Float64Array, rate: number, circle: Circle): Float64Array {
  const { covered, missingTime, blockDays } = circle;
  const time = circular(covered, blockDays);
  return circular(seen, blockDays).map((sum, start) => {
    const seenTime = time[start] ?? 0;
    return seenTime > 0 ? missingTime * (sum / seenTime - rate) : 0;
  });
}

/** Dollars of one draw. */
export function usdAt({ usd, blocks, last, gap }: Spread, walk: Walk, draw: number): number {
  const first = draw * walk.blocksADraw;
  const end = first + walk.wholeBlocks;
  let sum = usd;
  for (let at = first; at < end; at += 1) sum += blocks[walk.starts[at] ?? 0] ?? 0;
  if (last.length > 0) sum += last[walk.starts[end] ?? 0] ?? 0;
  if (gap.length > 0) sum += gap[walk.gaps[draw] ?? 0] ?? 0;
  return sum;
}
