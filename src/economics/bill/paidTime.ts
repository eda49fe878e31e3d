/** Computes the time that charges paid for: by quantity, by rate, or by a marked guess. */

import { type Charge, parseTimeUnit } from '../../domain/charge.ts';
import {
  compare,
  type Exact,
  exact,
  exactInteger,
  larger,
  multiply,
  sum,
} from '../../domain/exact.ts';
import { sumNano } from '../../domain/money.ts';
import { durationMs, type Period } from '../../domain/period.ts';
import type { KnownResource } from './attribution.ts';

/** Compute charges of one resource with the same period, which pay for the same time. */
export interface ChargeBucket {
  readonly period: Period;
  readonly charges: readonly Charge[];
  readonly known: KnownResource | undefined;
}

export interface ChargeTime {
  /**
   * `gpu`: milliseconds of single GPUs. `resource`: of the billed resource, whose number of GPUs is
   * unknown.
   */
  readonly of: 'gpu' | 'resource';
  readonly ms: Exact;
  readonly guess?: 'costliest bucket' | 'whole period';
}

const HOUR_MS = 3_600_000n;

/** The time stated by the charges or by an inventory's rate. */
export function statedTime(bucket: ChargeBucket): ChargeTime | undefined {
  const time = byQuantity(bucket) ?? byRate(bucket);
  return time === undefined || time.of === 'gpu' ? time : toGpuTime(time, bucketGpus(bucket));
}

/** `4 Hours` is four hours of the resource; `8 GPU-Hours` is eight hours of single GPUs. */
function byQuantity(bucket: ChargeBucket): ChargeTime | undefined {
  const [only, ...others] = bucket.charges;
  if (only !== undefined && others.length === 0) return timedLine(only);
  const timed = bucket.charges.map(timedLine).filter((line) => line !== undefined);
  const onGpu = timed.filter(({ isGpu }) => isGpu);
  const gpuTime = timed.filter(({ of }) => of === 'gpu');
  if (gpuTime.length > 0) return { of: 'gpu', ms: sum(gpuTime.map(({ ms }) => ms)) };
  const [first, ...rest] = (onGpu.length > 0 ? onGpu : timed).map(({ ms }) => ms);
  if (first === undefined) return undefined;
  const total = sum([first, ...rest]);
  const isPlausible = onGpu.length > 0 && (isElastic(bucket) || !isLonger(total, bucket));
  return { of: 'resource', ms: isPlausible ? total : rest.reduce(larger, first) };
}

interface TimedLine extends ChargeTime {
  /** True if the charge is known to be for a GPU. */
  readonly isGpu: boolean;
}

/** More resources than anyone runs at once under one name: a larger quantity is not time. */
const MOST_AT_ONCE = 100_000n;

/**
 * The time that a charge states by its quantity. A negative quantity reverses another charge and is
 * not time.
 */
export function timedLine(charge: Charge): TimedLine | undefined {
  if (charge.unit === undefined || charge.quantity === undefined) return undefined;
  if (charge.quantity.num < 0n) return undefined;
  const unit = parseTimeUnit(charge.unit);
  if (unit === undefined) return undefined;
  const ms = exact(charge.quantity.num * unit.ms, charge.quantity.den);
  const most = BigInt(durationMs(charge.period)) * MOST_AT_ONCE;
  if (ms.num > most * ms.den) return undefined;
  const isGpu = unit.of === 'gpu' || charge.gpuType !== undefined || (charge.gpuCount ?? 0) > 0;
  return { of: unit.of, isGpu, ms };
}

/** $3.00 at $1.50 an hour is two hours, at most the length of the bucket. */
function byRate(bucket: ChargeBucket): ChargeTime | undefined {
  const amount = bucketAmount(bucket);
  const rate = bucket.known?.usdPerHour;
  if (amount === 0n) return { of: 'resource', ms: exact(0n) };
  if (rate === undefined) return undefined;
  const ms = exact(amount * HOUR_MS, rate);
  const whole = exactInteger(durationMs(bucket.period));
  return { of: 'resource', ms: isLonger(ms, bucket) && !isElastic(bucket) ? whole : ms };
}

/** A bucket without stated time. */
export interface UntimedBucket {
  readonly period: Period;
  readonly amount: bigint;
  readonly gpus?: number;
  /** Amount of the most expensive bucket of the resource, if buckets are comparable. */
  readonly most: bigint | undefined;
}

export function guessedTime({ period, amount, gpus, most }: UntimedBucket): ChargeTime {
  const whole = exactInteger(durationMs(period));
  if (most === undefined)
    return toGpuTime({ of: 'resource', ms: whole, guess: 'whole period' }, gpus);
  const ms = multiply(whole, exact(amount, most));
  return toGpuTime({ of: 'resource', ms, guess: 'costliest bucket' }, gpus);
}

/**
 * Finds the most expensive of several equally long buckets. It counts as fully paid, the others in
 * proportion.
 */
export function findMostExpensiveBucket() {
  const known = new Map<number, { lengthMs: number; most: bigint; buckets: number }>();
  return {
    add(resource: number, period: Period, amount: bigint): void {
      const lengthMs = durationMs(period);
      const before = known.get(resource) ?? { lengthMs, most: amount, buckets: 0 };
      known.set(resource, {
        lengthMs: before.lengthMs === lengthMs ? lengthMs : Number.NaN,
        most: amount > before.most ? amount : before.most,
        buckets: before.buckets + 1,
      });
    },
    of(resource: number): bigint | undefined {
      const { lengthMs = Number.NaN, most, buckets = 0 } = known.get(resource) ?? {};
      return buckets < 2 || Number.isNaN(lengthMs) ? undefined : most;
    },
  };
}

function toGpuTime(time: ChargeTime, gpus: number | undefined): ChargeTime {
  if (gpus === undefined) return time;
  if (gpus === 1) return { ...time, of: 'gpu' };
  return { ...time, of: 'gpu', ms: multiply(time.ms, exactInteger(gpus)) };
}

/** GPUs of the resource, from its charges or an inventory. */
export function bucketGpus({ charges, known }: ChargeBucket): number | undefined {
  const counts = charges.flatMap(({ gpuCount }) => (gpuCount === undefined ? [] : [gpuCount]));
  return counts.length > 0 ? Math.max(...counts) : known?.gpuCount;
}

export function bucketAmount({ charges }: ChargeBucket): bigint {
  return sumNano(charges.map(({ billed }) => billed));
}

function isLonger(ms: Exact, { period }: ChargeBucket): boolean {
  return compare(ms, exactInteger(durationMs(period))) > 0;
}

/** Serverless endpoints run many workers at one time under one name. */
function isElastic({ charges }: ChargeBucket): boolean {
  return charges.some(({ pricingClass }) => pricingClass === 'serverless');
}
