/** At which price, rate, hours and cache share keeping and deleting cost the same. */

import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  exactInteger,
  isZero,
  multiply,
  ONE,
  subtract,
  ZERO,
} from '../../domain/exact.ts';
import { gpuFactorAt, leastUsdPerHour } from '../gpuRate.ts';
import type { BreakEvenLack } from '../lack.ts';
import type { BreakEven, FixedRate } from './breakEvenPoints.ts';
import type { BreakEvenSides, TwoSides } from './breakEvenSides.ts';

/** A level, or why there is none. */
type Level = Exact | BreakEvenLack;

type Levels = Pick<
  BreakEven,
  'hostedUsdPerMtok' | 'gpuUsdPerHour' | 'gpuContract' | 'opsHours' | 'cacheShare' | 'lacks'
>;

/** Each with all else as measured; one that would have to be negative is none. */
export function breakEvenLevels(sides: BreakEvenSides, gpuHours: Exact | undefined): Levels {
  const gpu = gpuLevel(sides, gpuHours);
  const levels: readonly (readonly [string, Level])[] = [
    ['hostedUsdPerMtok', hostedUsdPerMtok(sides)],
    ['gpuUsdPerHour', gpu.level],
    ['opsHours', opsHours(sides)],
    ['cacheShare', cacheShare(sides)],
  ];
  return {
    ...Object.fromEntries(levels.filter(([, level]) => typeof level !== 'string')),
    ...(gpu.fixed === undefined ? {} : { gpuContract: gpu.fixed }),
    lacks: Object.fromEntries(
      levels.flatMap(([name, level]) => (typeof level === 'string' ? [[name, level]] : [])),
    ),
  };
}

const MTOK = exact(1_000_000n);

/** ($9.00 - $0.50) / 15.6 Mtok is $0.544872: a host may ask so much before keeping pays. */
function hostedUsdPerMtok(sides: BreakEvenSides): Level {
  if (sides.tokens === 0) return 'no-tokens';
  const usd = hostedRoom(sides);
  if (usd.num < 0n) return 'keep-cheaper-at-free-tokens';
  return divide(multiply(usd, MTOK), exactInteger(sides.tokens));
}

/**
 * What a host may ask for all tokens: keep less the rest of deleting: $9.00 - $0.50 is $8.50.
 */
function hostedRoom({ keep, hosting }: BreakEvenSides): Exact {
  return subtract(keep.usd, subtract(hosting.usd, hosting.hostedUsd));
}

/** With a contract that keeps the rate from there: where it lies after the contract has ended. */
function gpuLevel(
  sides: BreakEvenSides,
  hours: Exact | undefined,
): { readonly level: Level; readonly fixed?: FixedRate } {
  const { contract } = sides;
  const level = gpuUsdPerHour(sides, hours, contract?.fixedGpuUsd);
  if (contract === undefined || hours === undefined) return { level };
  const rent = { hours, usd: sides.keep.gpuUsd, fixedUsd: contract.fixedGpuUsd };
  const factor = typeof level === 'string' ? undefined : gpuFactorAt(rent, level);
  const isBeyond = factor === undefined || factor.num < 0n;
  const fixed = {
    leastUsdPerHour: leastUsdPerHour(rent) ?? ZERO,
    ...(contract.untilMs === undefined ? {} : { untilMs: contract.untilMs }),
    isBeyond,
  };
  return { level: isBeyond ? gpuUsdPerHour(sides.afterContract, hours) : level, fixed };
}

/**
 * (delete - keep without its GPUs) / GPU-hours: deleting at $12.00 against $3.00 of labor over four
 * hours is $2.25. In the worked example ($2.625825 - $3.00) / 4 h is negative: none. What stays for
 * others moves with the rate on both sides: of $6.00 of which $2.00 stay, the $9.00 are x 6 / 4.
 */
function gpuUsdPerHour(
  { keep, hosting }: TwoSides,
  gpuHours: Exact | undefined,
  fixedUsd: Exact = ZERO,
): Level {
  if (gpuHours === undefined) return 'no-gpu-time';
  const staying = hosting.gpuUsd;
  const usd = subtract(add(subtract(hosting.usd, keep.usd), keep.gpuUsd), staying);
  if (usd.num < 0n) return 'delete-cheaper-at-free-gpus';
  if (compare(fixedUsd, staying) >= 0) return divide(add(usd, staying), gpuHours);
  const saved = subtract(keep.gpuUsd, staying);
  if (saved.num <= 0n) return 'gpus-paid-for-others';
  const moving = divide(multiply(subtract(keep.gpuUsd, fixedUsd), usd), saved);
  return divide(add(fixedUsd, moving), gpuHours);
}

/**
 * (delete - keep without its labor) / $ an hour: deleting at $12.00 against $6.00 of rent at $1 an
 * hour is 6 hours. In the worked example $2.625825 - $6.00 is negative: none.
 */
function opsHours({ keep, hosting, laborUsdPerHour }: BreakEvenSides): Level {
  if (laborUsdPerHour.num <= 0n) return 'labor-without-price';
  const usd = add(subtract(hosting.usd, keep.usd), keep.laborUsd);
  if (usd.num < 0n) return 'delete-cheaper-at-no-hours';
  return divide(usd, laborUsdPerHour);
}

/**
 * (room - hosted without a hit) / (hosted with all hits - without): with $2.10 of room between
 * $2.20 at none and $2.00 at all it is a half. In the worked example $8.50 is beyond both: none.
 */
function cacheShare(sides: BreakEvenSides): Level {
  const { atZeroUsd, atOneUsd } = sides.hosted;
  const more = subtract(atOneUsd, atZeroUsd);
  if (isZero(more)) return 'cache-hits-change-nothing';
  const share = divide(subtract(hostedRoom(sides), atZeroUsd), more);
  if (share.num < 0n || compare(share, ONE) > 0) return 'no-cache-share-decides';
  return share;
}
