/** Spend on resources that several deployments share, saved only if all of them leave. */

import { add, type Exact, multiply, sum, toNumber, ZERO } from '../../domain/exact.ts';
import { coveredPart, type CoveredDay } from '../usage/coverage.ts';
import type { OptionOffer, OptionName, SharedPart, StayingCost } from '../offer.ts';
import type { SharedCost } from '../result.ts';
import type { DeploymentBill, SharedBill } from './bill.ts';

/** Options that stop using a part. A move leaves storage in place. */
const LET_GO: Readonly<Record<SharedPart, readonly OptionName[]>> = {
  gpu: ['move', 'spot', 'serverless', 'delete'],
  storage: ['serverless', 'delete'],
  other: ['serverless', 'delete'],
};
const PARTS = ['gpu', 'storage', 'other'] as const;

export function releasesPart(option: OptionName, part: SharedPart): boolean {
  return LET_GO[part].includes(option);
}

/** A deployment's parts of shared resources, over covered time. */
export function computeSharedCosts(
  { shared }: DeploymentBill,
  covered: readonly CoveredDay[],
  idOf: (index: number) => string,
): SharedCost[] {
  return [...shared.values()]
    .map(({ sharers, ...nano }) => ({
      sharers: sharers.map(idOf).sort(),
      gpu: coveredDays(nano.gpu, covered),
      storage: coveredDays(nano.storage, covered),
      other: coveredDays(nano.other, covered),
    }))
    .sort((a, b) => (a.sharers.join('\u0000') < b.sharers.join('\u0000') ? -1 : 1));
}

function coveredDays(nanoUsd: SharedBill['gpu'], covered: readonly CoveredDay[]): Exact[] {
  return covered.map((day, at) => coveredPart(nanoUsd[at] ?? 0n, day));
}

/** Shared GPU spend of a day, which stays as long as one sharer stays. */
export function sharedGpuUsd(rents: readonly SharedCost[], day: number): Exact {
  return sum(rents.map(({ gpu }) => gpu[day] ?? ZERO));
}

/**
 * The shared spend that an option leaves to the other sharers. A day without paid time cannot move,
 * so its GPU spend stays as paid.
 */
export function computeStaying(
  option: OptionName,
  rents: readonly SharedCost[],
  { covered, gpuFactor }: { readonly covered: readonly CoveredDay[]; readonly gpuFactor: Exact },
): StayingCost[] {
  const isMoved = option === 'move' || option === 'spot';
  return rents.flatMap((rent) =>
    PARTS.filter((part) => releasesPart(option, part)).flatMap((part): StayingCost[] => {
      const days = rent[part].map((usd, day) =>
        isMoved && covered[day]?.coveredNs === 0n ? ZERO : usd,
      );
      if (days.every(({ num }) => num === 0n)) return [];
      const factor = part === 'gpu' ? gpuFactor : undefined;
      const byDay = days.map((usd) => toNumber(factor === undefined ? usd : multiply(usd, factor)));
      const { sharers } = rent;
      return [{ sharers, part, usd: sum(days), byDay: Float64Array.from(byDay) }];
    }),
  );
}

/** The spend that stays, for one part or all, at the paid rates. */
export function sumStaying(
  { staying = [] }: Pick<OptionOffer, 'staying'>,
  part?: SharedPart,
): Exact {
  return staying.reduce(
    (all, each) => (part === undefined || each.part === part ? add(all, each.usd) : all),
    ZERO,
  );
}
