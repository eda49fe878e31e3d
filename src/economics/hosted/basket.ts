/** Who sold the model on which days under the config's conditions, and who no longer does. */

import type { Period } from '../../domain/period.ts';
import { type Retirement, retirements } from '../../domain/sellers.ts';
import { type DayGrid, dayMsAt } from '../bill/days.ts';
import type { HostedInput } from '../input.ts';
import { askedAt } from './asked.ts';
import { type Candidate, companyOfCandidate } from './candidates.ts';
import { hostFault, priceFault } from './eligibility.ts';

/** On so many days so many companies sold it; the fewest companies first. */
export interface SoldBy {
  readonly hosts: number;
  readonly days: number;
}

/**
 * Companies whose price was in force as a day began, and met the conditions: two on 60 days and one
 * on 32. A company counts once, however many variants it serves.
 */
export function soldBy(
  candidates: readonly Candidate[],
  hosted: HostedInput,
  grid: DayGrid,
): SoldBy[] {
  const fit = candidates.filter((each) => hostFault(each, hosted, grid.window) === undefined);
  const counts = new Map<number, number>();
  for (let day = 0; day < grid.count; day += 1) {
    const instantMs = Math.max(grid.window.startMs, dayMsAt(grid, day));
    const { size } = sellersAt(fit, hosted, instantMs);
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([hosts, days]) => ({ hosts, days }));
}

function sellersAt(candidates: readonly Candidate[], hosted: HostedInput, instantMs: number) {
  const selling = candidates.filter(({ equivalent, history }) => {
    const price = askedAt(history.asked, instantMs);
    return priceFault(price, instantMs, { equivalent, hosted }) === undefined;
  });
  return new Set(selling.map(companyOfCandidate));
}

/** Companies that stopped selling the model in the window, under every name: the last one first. */
export function retiredIn(candidates: readonly Candidate[], window: Period): Retirement[] {
  return retirements(
    candidates.flatMap(({ history }) => history.prices),
    window,
  );
}
