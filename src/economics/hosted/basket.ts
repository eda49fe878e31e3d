/**
 * Counts the companies that sold a model by day under config's conditions, and those that stopped.
 */

import type { Period } from '../../domain/period.ts';
import { type Retirement, findRetirements } from '../../domain/sellers.ts';
import { type DayGrid, dayMsAt } from '../bill/days.ts';
import type { HostedInput } from '../input.ts';
import { priceInForce } from './asked.ts';
import { type HostCandidate, candidateCompany } from './candidates.ts';
import { hostFault, priceFault } from './eligibility.ts';

/** Number of days on which this many companies sold it. */
export interface SellersByDay {
  readonly hosts: number;
  readonly days: number;
}

/**
 * Companies with an eligible price in force at the start of each day, fewest first: two on 60 days
 * and one on 32. A company counts once, whatever variants it serves.
 */
export function countSellersByDay(
  candidates: readonly HostCandidate[],
  hosted: HostedInput,
  grid: DayGrid,
): SellersByDay[] {
  const eligible = candidates.filter((each) => hostFault(each, hosted, grid.window) === undefined);
  const counts = new Map<number, number>();
  for (let day = 0; day < grid.count; day += 1) {
    const instantMs = Math.max(grid.window.startMs, dayMsAt(grid, day));
    const { size } = companiesAt(eligible, hosted, instantMs);
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([hosts, days]) => ({ hosts, days }));
}

function companiesAt(candidates: readonly HostCandidate[], hosted: HostedInput, instantMs: number) {
  const selling = candidates.filter(({ equivalent, history }) => {
    const price = priceInForce(history.resolved, instantMs);
    return priceFault(price, instantMs, { equivalent, hosted }) === undefined;
  });
  return new Set(selling.map(candidateCompany));
}

/** Companies that stopped selling the model in the period under every name, latest first. */
export function findRetiredCompanies(
  candidates: readonly HostCandidate[],
  window: Period,
): Retirement[] {
  return findRetirements(
    candidates.flatMap(({ history }) => history.prices),
    window,
  );
}
