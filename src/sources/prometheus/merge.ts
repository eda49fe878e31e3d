/** Merges the copies of one process: the first tells, the others fill its gaps. */

import { MINUTE_MS } from '../../domain/period.ts';
import type { CountedFact } from './engine.ts';
import {
  allInstants,
  at,
  type Counter,
  countUpTo,
  joined,
  type Samples,
  valueAt,
} from './samples.ts';
import type { Target } from './targets.ts';

/** A counter of a process and, where known, its process's start at each sample. */
export interface MergedCounter {
  readonly fact: CountedFact;
  readonly rank: string;
  readonly counter: Counter;
}

export interface Merged {
  readonly counters: readonly MergedCounter[];
  readonly running: readonly Samples[];
}

/** Where a copy is silent for longer, another one speaks; Prometheus too forgets after so long. */
const SILENCE_MS = 5 * MINUTE_MS;

/** A target and those of its scrapes that count. */
interface Speaker {
  readonly target: Target;
  readonly speaks: (instantMs: number) => boolean;
}

/**
 * Of several copies each moment is told by one: the first in order that was scraped around it.
 * So a label that changes midway makes one counter of two, and a second scrape adds nothing.
 */
export function mergeTargets(targets: readonly Target[]): Merged {
  const speakers = speakersOf(targets);
  const tellsStart = startKindOf(targets);
  const counters = new Map<string, { fact: CountedFact; rank: string; parts: Counter[] }>();
  const running = new Map<string, Samples[]>();
  for (const { target, speaks } of speakers) {
    for (const { fact, rank, reason, samples } of target.counters) {
      const key = JSON.stringify([fact, rank, reason]);
      const merged = counters.get(key) ?? { fact, rank, parts: [] };
      counters.set(key, merged);
      merged.parts.push(during(startedBy(samples, tellsStart(target, rank)), speaks));
    }
    for (const [rank, gauge] of target.running) {
      running.set(rank, [...(running.get(rank) ?? []), during(gauge, speaks)]);
    }
  }
  return {
    counters: [...counters.values()].map(({ fact, rank, parts }) => {
      return { fact, rank, counter: joined(parts) };
    }),
    running: [...running.values()].map(joined),
  };
}

function speakersOf(targets: readonly Target[]): Speaker[] {
  const [first] = targets;
  if (first !== undefined && targets.length === 1) return [{ target: first, speaks: () => true }];
  let told = new Float64Array(0);
  return targets.map((target) => {
    const own = target.timesMs.filter((instantMs) => !isTold(told, instantMs));
    told = Float64Array.from(allInstants([told, own]));
    const instants = new Set(own);
    return { target, speaks: (instantMs: number) => instants.has(instantMs) };
  });
}

function isTold(told: Float64Array, instantMs: number): boolean {
  const next = countUpTo(told, instantMs);
  const beforeMs = at(told, next - 1);
  return beforeMs === instantMs || at(told, next) - beforeMs <= SILENCE_MS;
}

/**
 * Times at which counters were made and at which processes started differ by minutes: of one
 * process only one of the two is believed, or every change of scraper would look like a restart.
 */
function startKindOf(targets: readonly Target[]) {
  const created = ({ created: starts }: Target, rank: string) => starts.get(rank);
  const process = ({ processStart }: Target) => processStart;
  if (targets.every((target) => target.created.size > 0)) return created;
  if (targets.every((target) => target.processStart !== undefined)) return process;
  return targets.some((target) => target.created.size > 0) ? created : process;
}

/** Start times come in unix seconds, scraped at the same instants as the counter. */
function startedBy(samples: Samples, starts: Samples | undefined): Counter {
  if (starts === undefined) return samples;
  const startsMs = samples.timesMs.map((instantMs) => valueAt(starts, instantMs) * 1000);
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
