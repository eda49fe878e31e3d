/** Merges the copies of one process: the first tells, the others fill its gaps. */

import type { CountedFact } from './record.ts';
import { at, type Counter, joined, sameInstants, type Samples, valueAt } from './samples.ts';
import type { Speaker } from './speakers.ts';

/** A counter of a process and, where known, its process's start at each sample. */
export interface MergedCounter {
  readonly fact: CountedFact;
  /** The metric's name behind its spelling. */
  readonly metric: string;
  readonly choice: number;
  readonly rank: string;
  readonly part?: string;
  readonly counter: Counter;
  /** True where it goes on from another counter, which has counted up to its first sample. */
  readonly goesOn?: true;
}

export interface Merged {
  readonly counters: readonly MergedCounter[];
  readonly running: readonly Samples[];
}

/** Joins what the speakers of one process tell, each in its moments. */
export function mergeSpeakers(speakers: readonly Speaker[]): Merged {
  const counters = new Map<string, Omit<MergedCounter, 'counter'> & { parts: Counter[] }>();
  const running = new Map<string, Samples[]>();
  for (const { target, speaks, startsOf } of speakers) {
    for (const { samples, split, ...about } of target.counters) {
      const { fact, metric, rank } = about;
      const key = JSON.stringify([fact, metric, rank, split]);
      const merged = counters.get(key) ?? { ...about, parts: [] };
      counters.set(key, merged);
      merged.parts.push(during(startedBy(samples, startsOf(rank)), speaks));
    }
    for (const [rank, gauge] of target.running) {
      running.set(rank, [...(running.get(rank) ?? []), during(gauge, speaks)]);
    }
  }
  return {
    counters: [...counters.values()].map(({ parts, ...about }) => {
      return { ...about, counter: joined(parts) };
    }),
    running: [...running.values()].map(joined),
  };
}

/** Start times come in unix seconds, scraped at the same instants as the counter. */
function startedBy(samples: Samples, starts: Samples | undefined): Counter {
  if (starts === undefined) return samples;
  const startsMs = sameInstants(samples.timesMs, starts.timesMs)
    ? starts.values.map((seconds) => seconds * 1000)
    : samples.timesMs.map((instantMs) => valueAt(starts, instantMs) * 1000);
  return { ...samples, startsMs };
}

/** The samples at the moments that are wanted. */
export function during(counter: Counter, isWanted: (instantMs: number) => boolean): Counter {
  const { timesMs, values, startsMs } = counter;
  if (timesMs.every(isWanted)) return counter;
  const kept = (_: number, index: number) => isWanted(at(timesMs, index));
  return {
    timesMs: timesMs.filter(kept),
    values: values.filter(kept),
    ...(startsMs === undefined ? {} : { startsMs: startsMs.filter(kept) }),
  };
}
