/** Solves for the break-even of an input with a linear effect on the saving. */

import { compare, divide, type Exact, isZero, ONE, subtract, ZERO } from '../../domain/exact.ts';
import type { Assumptions } from '../../economics/options.ts';
import type { PlanComparison } from './contest.ts';
import type { BreakEvenInputCode, SolvedBreakEven } from './flip.ts';

/** An input that can take any value from 0 on. */
export interface LinearInput {
  readonly code: BreakEvenInputCode;
  readonly today: Exact | undefined;
  readonly worldAt: (value: Exact) => Assumptions;
  readonly most?: Exact;
}

/** Empty if the line is level, or crosses 0 outside the input's range. */
export function solveBreakEven(
  contest: PlanComparison,
  { code, today, worldAt, most }: LinearInput,
): SolvedBreakEven[] {
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
