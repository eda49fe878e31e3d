/** Who sold the model on which days under the config's conditions, and who no longer does. */

import type { Period } from '../../domain/period.ts';
import { type DayGrid, dayMsAt } from '../bill/days.ts';
import type { HostedInput } from '../input.ts';
import { askedAt } from './asked.ts';
import { type Candidate, companyOf } from './candidates.ts';
import { hostFault, priceFault } from './eligibility.ts';
import type { RetiredHost } from './host.ts';

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
  return new Set(selling.map(companyOf));
}

/** Companies that stopped selling the model in the window, under every name: the last one first. */
export function retiredIn(candidates: readonly Candidate[], window: Period): RetiredHost[] {
  const selling = new Set(
    candidates
      .filter(({ history }) => askedAt(history.asked, window.endMs - 1)?.offered === true)
      .map(companyOf),
  );
  const gone = candidates.flatMap(({ host, history, ...rest }): RetiredHost[] => {
    const last = history.prices.findLast(({ validFromMs }) => validFromMs < window.endMs);
    const company = companyOf({ host, history, ...rest });
    if (last === undefined || last.offered || selling.has(company)) return [];
    if (last.validFromMs <= window.startMs) return [];
    const named = last.hostName === undefined ? {} : { hostName: last.hostName };
    return [{ company, host, ...named, sinceMs: last.validFromMs }];
  });
  const byCompany = Map.groupBy(gone, ({ company }) => company);
  const newest = [...byCompany.values()].flatMap((of) => of.toSorted(latestFirst).slice(0, 1));
  return newest.sort(latestFirst);
}

function latestFirst(a: RetiredHost, b: RetiredHost): number {
  return b.sinceMs - a.sinceMs || (a.host < b.host ? -1 : 1);
}
