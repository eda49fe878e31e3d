/** Solves for the break-even of an input with a linear effect on the saving. */

import { compare, divide, type Exact, isZero, ONE, subtract, ZERO } from '../../domain/exact.ts';
import type { World } from '../../economics/options.ts';
import type { Contest } from './contest.ts';
import type { FlipCode, SolvedFlip } from './flip.ts';

/** An input that can take any value from 0 on. */
export interface Line {
  readonly code: FlipCode;
  readonly today: Exact | undefined;
  readonly worldAt: (value: Exact) => World;
  readonly most?: Exact;
}

/** Empty if the line is level, or crosses 0 outside the input's range. */
export function solved(contest: Contest, { code, today, worldAt, most }: Line): SolvedFlip[] {
  if (today === undefined) return [];
  const flipsAt = zeroOf((value) => contest.savingIn(worldAt(value)));
  if (flipsAt === undefined || flipsAt.num < 0n) return [];
  return most && compare(flipsAt, most) > 0 ? [] : [{ code, today, flipsAt }];
}

/**
 * The zero of a straight line, from its values at 0 and 1. `undefined` if it is level. 6 at 0 and 4
 * at 1 is zero at 3.
 */
function zeroOf(line: (at: Exact) => Exact): Exact | undefined {
  const start = line(ZERO);
  const fall = subtract(start, line(ONE));
  return isZero(fall) ? undefined : divide(start, fall);
}
