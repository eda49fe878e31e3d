/** Computes the break-even points of a deployment: where keeping and deleting it cost the same. */

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
  sum,
  toInteger,
  ZERO,
} from '../../domain/exact.ts';
import { DAY_MS, durationMs, type Period } from '../../domain/period.ts';
import type { Capacity, DeploymentEconomics, PaidTime } from '../result.ts';
import type { BreakEven, FixedRate } from './breakEvenPoints.ts';
import type { CacheLinear } from '../hosted/consideredHost.ts';
import {
  type Assumptions,
  BASE_ASSUMPTIONS,
  findOffer,
  type OptionCost,
  pricedOption,
} from '../options.ts';
import type { Contract } from '../stackParts.ts';
import { gpuFactorAt, leastUsdPerHour } from '../bill/contract.ts';
import type { BreakEvenLack } from '../lack.ts';

export interface BreakEvenTerms {
  /** Absent if the hosted price is unknown; then there is no break-even. */
  readonly sides: BreakEvenSides | undefined;
  readonly capacity: Capacity | undefined;
  readonly time: PaidTime;
  /** GPUs per replica. */
  readonly gpus: Exact;
  readonly window: Period;
}

/** Break-even points of a deployment, for one input at a time, others as measured. */
export function findBreakEven(terms: BreakEvenTerms): BreakEven {
  const { sides } = terms;
  const gpuHours = coveredGpuHours(terms);
  const known = gpuHours === undefined ? {} : { gpuHours };
  if (sides === undefined) return known;
  return { ...known, ...breakEvenTokens(sides, terms), ...findBreakEvenLevels(sides, gpuHours) };
}

const NS_IN_HOUR = 3_600_000_000_000n;

/** Four covered hours of a replica with eight GPUs are 32 GPU-hours. */
function coveredGpuHours({ time, gpus }: BreakEvenTerms): Exact | undefined {
  if (time.coveredNs === 0n) return undefined;
  return multiply(exact(time.coveredNs, NS_IN_HOUR), gpus);
}

/**
 * (keep with labor - hosted labor - GPU spend for other sharers - unused commitment - migration) /
 * hosted cost per token, to the nearest token. ($9.00 - $0.50) / ($2.125825 / 15,600,000) is
 * 62,375,784 tokens, 1.443884 of the capacity of one replica.
 */
function breakEvenTokens(
  { keep, hosting, tokens }: BreakEvenSides,
  terms: BreakEvenTerms,
): BreakEven {
  const { hostedUsd, laborUsd, infraUsd, strandedUsd, migrationUsd } = hosting;
  if (tokens === 0 || hostedUsd.num <= 0n) return {};
  const toCover = subtract(keep.usd, sum([laborUsd, infraUsd, strandedUsd, migrationUsd]));
  if (toCover.num <= 0n) {
    const leavingCosts = [infraUsd, strandedUsd, migrationUsd].some(({ num }) => num > 0n);
    const code = leavingCosts ? 'keep-within-leaving' : 'keep-within-hosting-labor';
    return { tokens: 0n, tokensPerDay: 0n, utilization: exact(0n), note: { code } };
  }
  const needed = toInteger(divide(toCover, divide(hostedUsd, exactInteger(tokens))));
  const days = exact(BigInt(durationMs(terms.window)), BigInt(DAY_MS));
  return {
    tokens: needed,
    tokensPerDay: toInteger(divide(exact(needed), days)),
    ...utilizationAt(needed, terms),
  };
}

function utilizationAt(needed: bigint, { capacity, time }: BreakEvenTerms) {
  if (capacity === undefined || time.coveredNs === 0n) return {};
  const utilization = shareOfCapacity(needed, capacity, time);
  if (compare(utilization, ONE) <= 0) return { utilization };
  return { utilization, note: { code: 'beyond-replicas', replicas: time.mostReplicas } as const };
}

const NS_IN_SECOND = 1_000_000_000n;

/**
 * tokens / (capacity x covered replica-seconds): 15,600,000 at 3,000 tokens/s in 14,400 s are
 * 0.361111.
 */
export function shareOfCapacity(tokens: bigint, capacity: Capacity, time: { coveredNs: bigint }) {
  const { num, den } = capacity.tokensPerSecond;
  return exact(tokens * den * NS_IN_SECOND, num * time.coveredNs);
}

export interface TwoSides {
  readonly keep: OptionCost;
  readonly hosting: OptionCost;
}

export interface BreakEvenSides extends TwoSides {
  readonly contract: Contract | undefined;
  /** Both sides once no contract is in force. */
  readonly afterContract: TwoSides;
  /** The hosted cost in `hosting`, at any share of cache hits. */
  readonly hosted: CacheLinear;
  readonly tokens: number;
  readonly laborUsdPerHour: Exact;
}

/** The two sides; `undefined` if the hosted price is unknown. */
export function findBreakEvenSides(
  deployment: DeploymentEconomics,
  laborUsdPerHour: Exact,
): BreakEvenSides | undefined {
  const hosted = findOffer(deployment, 'delete')?.hosted;
  if (hosted === undefined) return undefined;
  const over: Assumptions = { ...BASE_ASSUMPTIONS, contracts: 'over' };
  const sidesIn = (world: Assumptions): TwoSides => ({
    keep: pricedOption(deployment, 'keep', world),
    hosting: pricedOption(deployment, 'delete', world),
  });
  const { served, contract } = deployment;
  const sides = { ...sidesIn(BASE_ASSUMPTIONS), contract, afterContract: sidesIn(over) };
  return { ...sides, hosted, tokens: served.tokens, laborUsdPerHour };
}

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
function findBreakEvenLevels(sides: BreakEvenSides, gpuHours: Exact | undefined): Levels {
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
