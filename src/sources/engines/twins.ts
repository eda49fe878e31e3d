/** Finds processes that look like one process scraped at two addresses, which would count twice. */

import { isTotalOf } from './groupByProcess.ts';
import { findPod } from './identity.ts';
import { hasSameInstants, numberAt, SAME_START_MS, sampleAt, type Samples } from './samples.ts';
import type { ServerProcess } from './processes.ts';

/** How many common rises are needed. Replicas with equal load soon drift apart. */
const MIN_RISES = 10;

/** One in this many rises may differ, for example after a slow scrape. */
const RISES_PER_ODD_ONE = 10;

export type TwinProcesses = readonly [ServerProcess, ServerProcess];

/**
 * Pairs at two addresses whose token counters rise in lockstep, unless their starts or pods differ.
 * This is similarity, not proof, so nothing is left out: a benchmark may load two replicas equally,
 * without known starts.
 */
export function findTwins(processes: readonly ServerProcess[]): TwinProcesses[] {
  const cache = new Map<ServerProcess, Samples>();
  const totalsOf = (process: ServerProcess) => {
    const totals = cache.get(process) ?? computeTotals(process);
    cache.set(process, totals);
    return totals;
  };
  return processes.flatMap((one, index) =>
    processes.slice(index + 1).flatMap((other): TwinProcesses[] => {
      if (one.name === other.name || areDistinct(one, other)) return [];
      return inLockstep(totalsOf(one), totalsOf(other)) ? [[one, other]] : [];
    }),
  );
}

function areDistinct(a: ServerProcess, b: ServerProcess): boolean {
  const [start, otherStart] = [startOf(a), startOf(b)];
  if (Math.abs(start - otherStart) >= SAME_START_MS) return true;
  const [pods, others] = [findPods(a), findPods(b)];
  return pods.size > 0 && others.size > 0 && pods.isDisjointFrom(others);
}

/** The last known start; `NaN` if none is known. */
function startOf({ counters }: ServerProcess): number {
  const starts = counters.flatMap(({ counter }) => counter.startsMs?.at(-1) ?? []);
  return starts.find((startMs) => !Number.isNaN(startMs)) ?? Number.NaN;
}

export function findPods({ scrapedAs }: ServerProcess): Set<string> {
  return new Set(scrapedAs.flatMap((labels) => findPod(labels) ?? []));
}

/** Prompt and output tokens at each scrape that has all of their counters. */
function computeTotals({ counters, timesMs }: ServerProcess): Samples {
  const tokens = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const values = new Float64Array(timesMs.length);
  for (const { counter } of tokens) {
    const isAligned = hasSameInstants(counter.timesMs, timesMs);
    for (let index = 0; index < timesMs.length; index += 1) {
      const value = isAligned
        ? numberAt(counter.values, index)
        : sampleAt(counter, numberAt(timesMs, index));
      values[index] = numberAt(values, index) + value;
    }
  }
  const isKnown = (_: number, index: number) => !Number.isNaN(numberAt(values, index));
  return { timesMs: timesMs.filter(isKnown), values: values.filter(isKnown) };
}

/**
 * Whether two totals rise together. Checked wherever one of them moved, from the end, where totals
 * differ most.
 */
function inLockstep(a: Samples, b: Samples): boolean {
  const [one, other] = a.timesMs.length < b.timesMs.length ? [a, b] : [b, a];
  let [alike, odd] = [0, 0];
  for (let index = one.timesMs.length - 1; index > 0; index -= 1) {
    if (!(numberAt(one.values, index) > numberAt(one.values, index - 1))) continue;
    const isMatch = isTotalOf(other, numberAt(one.timesMs, index), numberAt(one.values, index));
    if (isMatch === true) alike += 1;
    else if (isMatch === false) odd += 1;
    if (odd > 2 && odd * RISES_PER_ODD_ONE > alike) return false;
  }
  return alike >= MIN_RISES && odd * RISES_PER_ODD_ONE <= alike;
}
