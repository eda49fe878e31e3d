/** Computes break-evens of inputs with a linear effect: prices, rates, hours, cache hits. */

import { divide, type Exact, isZero, multiply, ONE } from '../../domain/exact.ts';
import { BASE_ASSUMPTIONS, type RangeReader, type Assumptions } from '../../economics/options.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { PlanComparison } from './contest.ts';
import type { SolvedBreakEven } from './flip.ts';
import { findGpuBreakEvens } from './gpuFlips.ts';
import { type LinearInput, solveBreakEven } from './line.ts';
import type { CurrentInputs } from './today.ts';

/** Two evaluations per input suffice: at 0 and at 1. */
export function findLinearBreakEvens(
  contest: PlanComparison,
  today: CurrentInputs,
  { laborUsdPerHour }: StackEconomics,
): SolvedBreakEven[] {
  const { hostedUsdPerMtok, cacheShare } = today;
  const lines: readonly LinearInput[] = [
    {
      code: 'hosted-price',
      ...factor(hostedUsdPerMtok, (hostedPrice) => ({ ...BASE_ASSUMPTIONS, hostedPrice })),
    },
    { code: 'ops-hours', ...hours(contest, today, laborUsdPerHour) },
    {
      code: 'cache-share',
      today: cacheShare,
      worldAt: (share) => ({ ...BASE_ASSUMPTIONS, cacheShare: () => share }),
      most: ONE,
    },
  ];
  return [
    ...lines.flatMap((line) => solveBreakEven(contest, line)),
    ...findGpuBreakEvens(contest, today),
  ];
}

/** An input of 0 today has no break-even, because no factor changes it. */
function factor(today: Exact | undefined, worldAt: (factor: Exact) => Assumptions) {
  if (today === undefined || isZero(today)) return { today: undefined, worldAt };
  return { today, worldAt: (value: Exact) => worldAt(divide(value, today)) };
}

/**
 * Scales all hours in proportion. If there are none today, only a single deployment's hours can be
 * set.
 */
function hours(
  { selfHosted }: PlanComparison,
  { opsHours }: CurrentInputs,
  laborUsdPerHour: Exact,
) {
  const isOne = selfHosted.length === 1;
  const readAt = (value: Exact): RangeReader =>
    isOne || opsHours === undefined
      ? () => multiply(value, laborUsdPerHour)
      : ({ base }) => multiply(base, divide(value, opsHours));
  const isUnset = !isOne && opsHours !== undefined && isZero(opsHours);
  return {
    today: isUnset ? undefined : opsHours,
    worldAt: (value: Exact): Assumptions => ({ ...BASE_ASSUMPTIONS, selfHosted: readAt(value) }),
  };
}
