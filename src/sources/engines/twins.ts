/** Which processes look like one that is scraped at two addresses: it would count twice. */

import { isHeightOf } from './copies.ts';
import { podOf } from './identity.ts';
import { SAME_START_MS } from './lives.ts';
import type { ServerProcess } from './processes.ts';
import { at, type Samples, sameInstants, valueAt } from './samples.ts';

/** So often both must have been seen to rise alike: replicas with equal loads soon drift apart. */
const FEWEST_RISES = 10;

/** One rise in so many may fit badly, as where a scrape took long. */
const ODD_ONE_IN = 10;

export type Twins = readonly [ServerProcess, ServerProcess];

/**
 * Pairs at two addresses whose token counters are seen to rise in lockstep, unless their starts or
 * pods tell them apart. It is likeness and no proof, so nothing is left out for it: a benchmark may
 * load two replicas alike whose starts nobody tells.
 */
export function twinsOf(processes: readonly ServerProcess[]): Twins[] {
  const known = new Map<ServerProcess, Samples>();
  const heightsOf = (process: ServerProcess) => {
    const heights = known.get(process) ?? tokenHeights(process);
    known.set(process, heights);
    return heights;
  };
  return processes.flatMap((one, index) =>
    processes.slice(index + 1).flatMap((other): Twins[] => {
      if (one.name === other.name || areApart(one, other)) return [];
      return inLockstep(heightsOf(one), heightsOf(other)) ? [[one, other]] : [];
    }),
  );
}

function areApart(a: ServerProcess, b: ServerProcess): boolean {
  const [start, otherStart] = [startOf(a), startOf(b)];
  if (Math.abs(start - otherStart) >= SAME_START_MS) return true;
  const [pods, others] = [podsOf(a), podsOf(b)];
  return pods.size > 0 && others.size > 0 && pods.isDisjointFrom(others);
}

/** The last start that is told; `NaN` where none is. */
function startOf({ counters }: ServerProcess): number {
  const starts = counters.flatMap(({ counter }) => counter.startsMs?.at(-1) ?? []);
  return starts.find((startMs) => !Number.isNaN(startMs)) ?? Number.NaN;
}

export function podsOf({ scrapedAs }: ServerProcess): Set<string> {
  return new Set(scrapedAs.flatMap((labels) => podOf(labels) ?? []));
}

/** Prompt and output tokens at each scrape that tells all counters of them. */
function tokenHeights({ counters, timesMs }: ServerProcess): Samples {
  const tokens = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const values = new Float64Array(timesMs.length);
  for (const { counter } of tokens) {
    const isWhole = sameInstants(counter.timesMs, timesMs);
    for (let index = 0; index < timesMs.length; index += 1) {
      const value = isWhole ? at(counter.values, index) : valueAt(counter, at(timesMs, index));
      values[index] = at(values, index) + value;
    }
  }
  const isTold = (_: number, index: number) => !Number.isNaN(at(values, index));
  return { timesMs: timesMs.filter(isTold), values: values.filter(isTold) };
}

/** Judged where one of them moved, from the end on: there heights are furthest apart. */
function inLockstep(a: Samples, b: Samples): boolean {
  const [one, other] = a.timesMs.length < b.timesMs.length ? [a, b] : [b, a];
  let [alike, odd] = [0, 0];
  for (let index = one.timesMs.length - 1; index > 0; index -= 1) {
    if (!(at(one.values, index) > at(one.values, index - 1))) continue;
    const fits = isHeightOf(other, at(one.timesMs, index), at(one.values, index));
    if (fits === true) alike += 1;
    else if (fits === false) odd += 1;
    if (odd > 2 && odd * ODD_ONE_IN > alike) return false;
  }
  return alike >= FEWEST_RISES && odd * ODD_ONE_IN <= alike;
}
