/** Knows the flips of what moves a saving in a straight line: prices, rates, hours, cache hits. */

import {
  compare,
  divide,
  type Exact,
  isZero,
  multiply,
  ONE,
  subtract,
  ZERO,
} from '../../domain/exact.ts';
import { AT_BASE, type Reading, type World } from '../../economics/options.ts';
import type { StackEconomics } from '../../economics/result.ts';
import type { Contest } from './contest.ts';
import type { SolvedFlip } from './flip.ts';
import type { Today } from './today.ts';

/** An input that can be set to any value from 0 on. */
interface Line {
  readonly input: string;
  readonly today: Exact | undefined;
  readonly worldAt: (value: Exact) => World;
  readonly most?: Exact;
}

/** Two worlds each suffice: at nothing, and at one. */
export function lineFlips(
  contest: Contest,
  today: Today,
  { laborUsdPerHour }: StackEconomics,
): SolvedFlip[] {
  const { hostedUsdPerMtok, gpuUsdPerHour, cacheShare } = today;
  const lines: readonly Line[] = [
    {
      input: 'hosted $/Mtok',
      ...factor(hostedUsdPerMtok, (hostedPrice) => ({ ...AT_BASE, hostedPrice })),
    },
    { input: 'GPU $/h', ...factor(gpuUsdPerHour, (ownGpu) => ({ ...AT_BASE, ownGpu })) },
    { input: 'ops hours', ...hours(contest, today, laborUsdPerHour) },
    {
      input: 'cache share',
      today: cacheShare,
      worldAt: (share) => ({ ...AT_BASE, cacheShare: () => share }),
      most: ONE,
    },
  ];
  return lines.flatMap((line) => solved(contest, line));
}

function solved(contest: Contest, { input, today, worldAt, most }: Line): SolvedFlip[] {
  if (today === undefined) return [];
  const flipsAt = zeroOf((value) => contest.savingIn(worldAt(value)));
  if (flipsAt === undefined || flipsAt.num < 0n) return [];
  return most && compare(flipsAt, most) > 0 ? [] : [{ input, today, flipsAt }];
}

/**
 * Where a straight line is zero, from two of its points; `undefined` where it is level. 6 at 0 and
 * 4 at 1 is zero at 3.
 */
function zeroOf(line: (at: Exact) => Exact): Exact | undefined {
  const start = line(ZERO);
  const fall = subtract(start, line(ONE));
  return isZero(fall) ? undefined : divide(start, fall);
}

/** What is nothing today stays nothing, whatever it is multiplied by. */
function factor(today: Exact | undefined, worldAt: (factor: Exact) => World) {
  if (today === undefined || isZero(today)) return { today: undefined, worldAt };
  return { today, worldAt: (value: Exact) => worldAt(divide(value, today)) };
}

/** All hours in proportion; where there are none today only a deployment's own can be set. */
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
