/** Merges the copies of one process: the first has precedence, and the others fill its gaps. */

import type { CountedFact } from './record.ts';
import {
  numberAt,
  type Counter,
  joinSamples,
  hasSameInstants,
  type Samples,
  sampleAt,
} from './samples.ts';
import type { CopyScrapes } from './speakers.ts';

/** A counter of a process, with the process's start at each sample if known. */
export interface MergedCounter {
  readonly fact: CountedFact;
  /** The metric's name without its prefix. */
  readonly metric: string;
  readonly choice: number;
  readonly rank: string;
  readonly part?: string;
  readonly counter: Counter;
  /** Set if it continues another counter, which counted up to its first sample. */
  readonly goesOn?: true;
}

export interface MergedProcess {
  readonly counters: readonly MergedCounter[];
  readonly running: readonly Samples[];
}

/** Joins the counters and gauges of the copies, each at the times that are taken from it. */
export function mergeCopies(speakers: readonly CopyScrapes[]): MergedProcess {
  const counters = new Map<string, Omit<MergedCounter, 'counter'> & { parts: Counter[] }>();
  const running = new Map<string, Samples[]>();
  for (const { target, isUsed, startsOf } of speakers) {
    for (const { samples, split, ...about } of target.counters) {
      const { fact, metric, rank } = about;
      const key = JSON.stringify([fact, metric, rank, split]);
      const merged = counters.get(key) ?? { ...about, parts: [] };
      counters.set(key, merged);
      merged.parts.push(samplesDuring(withStarts(samples, startsOf(rank)), isUsed));
    }
    for (const [rank, gauge] of target.running) {
      running.set(rank, [...(running.get(rank) ?? []), samplesDuring(gauge, isUsed)]);
    }
  }
  return {
    counters: [...counters.values()].map(({ parts, ...about }) => {
      return { ...about, counter: joinSamples(parts) };
    }),
    running: [...running.values()].map(joinSamples),
  };
}

/** Adds start times, which are in Unix seconds and scraped at the same times as the counter. */
function withStarts(samples: Samples, starts: Samples | undefined): Counter {
  if (starts === undefined) return samples;
  const startsMs = hasSameInstants(samples.timesMs, starts.timesMs)
    ? starts.values.map((seconds) => seconds * 1000)
    : samples.timesMs.map((instantMs) => sampleAt(starts, instantMs) * 1000);
  return { ...samples, startsMs };
}

/** The samples at the selected times. */
export function samplesDuring(
  counter: Counter,
  isSelected: (instantMs: number) => boolean,
): Counter {
  const { timesMs, values, startsMs } = counter;
  if (timesMs.every(isSelected)) return counter;
  const isKept = (_: number, index: number) => isSelected(numberAt(timesMs, index));
  return {
    timesMs: timesMs.filter(isKept),
    values: values.filter(isKept),
    ...(startsMs === undefined ? {} : { startsMs: startsMs.filter(isKept) }),
  };
}
