/** Computes break-evens of inputs with a linear effect: prices, rates, hours, cache hits. */

import { divide, type Exact, isZero, multiply, ONE } from '../../domain/exact.ts';
import { AT_BASE, type Reading, type World } from '../../economics/options.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { Contest } from './contest.ts';
import type { SolvedFlip } from './flip.ts';
import { gpuFlips } from './gpuFlips.ts';
import { type Line, solved } from './line.ts';
import type { Today } from './today.ts';

/** Two evaluations per input suffice: at 0 and at 1. */
export function lineFlips(
  contest: Contest,
  today: Today,
  { laborUsdPerHour }: StackEconomics,
): SolvedFlip[] {
  const { hostedUsdPerMtok, cacheShare } = today;
  const lines: readonly Line[] = [
    {
      code: 'hosted-price',
      ...factor(hostedUsdPerMtok, (hostedPrice) => ({ ...AT_BASE, hostedPrice })),
    },
    { code: 'ops-hours', ...hours(contest, today, laborUsdPerHour) },
    {
      code: 'cache-share',
      today: cacheShare,
      worldAt: (share) => ({ ...AT_BASE, cacheShare: () => share }),
      most: ONE,
    },
  ];
  return [...lines.flatMap((line) => solved(contest, line)), ...gpuFlips(contest, today)];
}

/** An input of 0 today has no break-even, because no factor changes it. */
function factor(today: Exact | undefined, worldAt: (factor: Exact) => World) {
  if (today === undefined || isZero(today)) return { today: undefined, worldAt };
  return { today, worldAt: (value: Exact) => worldAt(divide(value, today)) };
}

/**
 * Scales all hours in proportion. If there are none today, only a single deployment's hours can be
 * set.
 */
function hours({ selfHosted }: Contest, { opsHours }: Today, laborUsdPerHour: Exact) {
  const isOne = selfHosted.length === 1;
  const readAt = (value: Exact): Reading =>
    isOne || opsHours === undefined
      ? () => multiply(value, laborUsdPerHour)
      : ({ base }) => multiply(base, divide(value, opsHours));
  const isUnset = !isOne && opsHours !== undefined && isZero(opsHours);
  return {
    today: isUnset ? undefined : opsHours,
    worldAt: (value: Exact): World => ({ ...AT_BASE, selfHosted: readAt(value) }),
  };
}
