/** Computes the price, rate, hours and cache share at which keeping and deleting cost the same. */

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

/** A level, or the reason why there is none. */
type Level = Exact | BreakEvenLack;

type Levels = Pick<
  BreakEven,
  'hostedUsdPerMtok' | 'gpuUsdPerHour' | 'gpuContract' | 'opsHours' | 'cacheShare' | 'lacks'
>;

/**
 * Break-even levels, each with the other inputs as measured. A level that would be negative is left
 * out.
 */
export function findBreakEvenLevels(sides: BreakEvenSides, gpuHours: Exact | undefined): Levels {
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

/**
 * ($9.00 - $0.50) / 15.6 Mtok is $0.544872: the highest hosted price at which deleting does not
 * cost more.
 */
function hostedUsdPerMtok(sides: BreakEvenSides): Level {
  if (sides.tokens === 0) return 'no-tokens';
  const usd = breakEvenHostedUsd(sides);
  if (usd.num < 0n) return 'keep-cheaper-at-free-tokens';
  return divide(multiply(usd, MTOK), exactInteger(sides.tokens));
}

/**
 * The break-even hosted cost of all tokens: keep minus the other costs of deleting. $9.00 - $0.50
 * is $8.50.
 */
function breakEvenHostedUsd({ keep, hosting }: BreakEvenSides): Exact {
  return subtract(keep.usd, subtract(hosting.usd, hosting.hostedUsd));
}

/** The break-even GPU rate. If a contract prevents it, the rate after the contract has ended. */
function gpuLevel(
  sides: BreakEvenSides,
  hours: Exact | undefined,
): { readonly level: Level; readonly fixed?: FixedRate } {
  const { contract } = sides;
  const level = gpuUsdPerHour(sides, hours, contract?.fixedGpuUsd);
  if (contract === undefined || hours === undefined) return { level };
  const gpuRent = { hours, usd: sides.keep.gpuUsd, fixedUsd: contract.fixedGpuUsd };
  const factor = typeof level === 'string' ? undefined : gpuFactorAt(gpuRent, level);
  const isBeyond = factor === undefined || factor.num < 0n;
  const fixed = {
    leastUsdPerHour: leastUsdPerHour(gpuRent) ?? ZERO,
    ...(contract.untilMs === undefined ? {} : { untilMs: contract.untilMs }),
    isBeyond,
  };
  return { level: isBeyond ? gpuUsdPerHour(sides.afterContract, hours) : level, fixed };
}

/**
 * (delete - keep without its GPUs) / GPU-hours: deleting at $12.00 against $3.00 of labor over four
 * hours is $2.25. In the worked example ($2.625825 - $3.00) / 4 h is negative, so there is none.
 * GPU spend for other sharers changes with the rate on both sides: of $6.00 with $2.00 for others,
 * the $9.00 are x 6 / 4.
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
  const variable = divide(multiply(subtract(keep.gpuUsd, fixedUsd), usd), saved);
  return divide(add(fixedUsd, variable), gpuHours);
}

/**
 * (delete - keep without its labor) / $ per hour: deleting at $12.00 against $6.00 of GPU spend at
 * $1 an hour is 6 hours. In the worked example $2.625825 - $6.00 is negative, so there is none.
 */
function opsHours({ keep, hosting, laborUsdPerHour }: BreakEvenSides): Level {
  if (laborUsdPerHour.num <= 0n) return 'labor-without-price';
  const usd = add(subtract(hosting.usd, keep.usd), keep.laborUsd);
  if (usd.num < 0n) return 'delete-cheaper-at-no-hours';
  return divide(usd, laborUsdPerHour);
}

/**
 * (break-even cost - hosted without hits) / (hosted with all hits - without): a break-even of $2.10
 * between $2.20 without and $2.00 with all hits is a half. In the worked example $8.50 is above
 * both, so there is none.
 */
function cacheShare(sides: BreakEvenSides): Level {
  const { atZeroUsd, atOneUsd } = sides.hosted;
  const more = subtract(atOneUsd, atZeroUsd);
  if (isZero(more)) return 'cache-hits-change-nothing';
  const share = divide(subtract(breakEvenHostedUsd(sides), atZeroUsd), more);
  if (share.num < 0n || compare(share, ONE) > 0) return 'no-cache-share-decides';
  return share;
}
