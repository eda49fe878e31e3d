/** Weights by which shared resources are divided: GPU time or tokens. */

import {
  ONE,
  divideRounded,
  greatestCommonDivisor,
  largestFirst,
  sumWhole,
} from '../../domain/exact.ts';
import { gpusPerReplica } from '../replicaGpus.ts';
import type { StackInput } from '../input.ts';
import type { UsageTally } from '../usage/usageTally.ts';
import type { DayGrid } from './days.ts';

export interface SharerWeights {
  /** One weight for each sharer, never all zero. */
  readonly of: readonly bigint[];
  /** True if no sharer had usage in the period, so the parts are equal. */
  readonly equal: boolean;
}

/** Weights of the sharers on a day: by that day's usage, else by the period's, else equal. */
export type SharingWeights = (sharers: readonly number[], day: number) => SharerWeights;

export function createSharing(
  input: StackInput,
  tallies: readonly UsageTally[],
  grid: DayGrid,
): SharingWeights {
  const all = tallies.map((_, index) =>
    gpusPerReplica(input.deployments[index]?.gpu ?? { count: 1 }),
  );
  // Only proportions matter, so weights use a unit in which all are integers.
  const unit = all.reduce((of, { den }) => of * (den / greatestCommonDivisor(of, den)), 1n);
  const daily = tallies.map((tally, index) => {
    const { num, den } = all[index] ?? ONE;
    const gpus = Number((num * unit) / den);
    return Array.from({ length: grid.count }, (_, day) =>
      BigInt(Math.round(input.sharing === 'tokens' ? tokens(tally, day) : gpuMs(tally, day, gpus))),
    );
  });
  const whole = daily.map(sumWhole);
  return (sharers, day) => {
    if (sharers.length === 1) return SINGLE;
    const today = sharers.map((index) => daily[index]?.[day] ?? 0n);
    if (today.some((weight) => weight > 0n)) return { of: today, equal: false };
    const ever = sharers.map((index) => whole[index] ?? 0n);
    if (ever.some((weight) => weight > 0n)) return { of: ever, equal: false };
    return { of: sharers.map(() => 1n), equal: true };
  };
}

const SINGLE: SharerWeights = { of: [1n], equal: false };

function tokens(tally: UsageTally, day: number): number {
  return (tally.uncached[day] ?? 0) + (tally.cached[day] ?? 0) + (tally.output[day] ?? 0);
}

function gpuMs(tally: UsageTally, day: number, gpus: number): number {
  return (tally.weightMs[day] ?? 0) * gpus;
}

/** Fractions of a nano-dollar that are carried from day to day. */
const ATTO_IN_NANO = 1_000_000_000n;

/** The sharers' weights on a day, in their order; never all zero. */
export type WeightsOn = (day: number) => readonly bigint[];

/**
 * Whole nano-USD by day and sharer; each day's parts sum to its amount. Rounding is carried to the
 * sharer's next day, so over any time each has its share within about a nano-dollar: 1 a day on
 * three days by [1, 1, 1] is [1, 0, 0], [0, 1, 0], [0, 0, 1].
 */
export function divideByDay(amounts: readonly bigint[], weightsOn: WeightsOn): bigint[][] {
  const carried: bigint[] = [];
  return amounts.map((amount, day) => {
    const weights = weightsOn(day);
    return amount === 0n ? weights.map(() => 0n) : divideDay(amount, weights, carried);
  });
}

/** A sharer without weight on a day gets nothing, whatever it carries. */
function divideDay(amount: bigint, weights: readonly bigint[], carried: bigint[]): bigint[] {
  const whole = sumWhole(weights);
  const parts = weights.map(() => 0n);
  const carriedBy = (at: number) => carried[at] ?? 0n;
  const give = (at: number, nano: bigint) => {
    parts[at] = (parts[at] ?? 0n) + nano;
    carried[at] = carriedBy(at) - nano * ATTO_IN_NANO;
  };
  const sharers = [...weights.keys()].filter((at) => weights[at] !== 0n);
  for (const at of sharers) {
    const due = amount * (weights[at] ?? 0n) * ATTO_IN_NANO;
    carried[at] = carriedBy(at) + divideRounded(due, whole, 'floor');
    give(at, divideRounded(carriedBy(at), ATTO_IN_NANO, 'floor'));
  }
  const left = amount - sumWhole(parts);
  const order = sharers.sort((a, b) => largestFirst(carriedBy(a), carriedBy(b)) || a - b);
  if (left < 0n) order.reverse();
  for (let step = 0; step < Math.abs(Number(left)); step += 1) {
    give(order[step % order.length] ?? 0, left < 0n ? -1n : 1n);
  }
  return parts;
}
