/** Weights by which shared resources are divided: GPU time or tokens. */

import { ONE } from '../../domain/exact.ts';
import { gpusPerReplica } from '../replicaGpus.ts';
import { greatestCommonDivisor, sumWhole } from '../../domain/whole.ts';
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
