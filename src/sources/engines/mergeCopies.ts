/**
 * Selects for each time the copy of a process whose scrape is used, so that every time counts once.
 */

import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import { COPY_LAG_MS, tokenTotals } from './groupByProcess.ts';
import {
  type Counter,
  hasSameInstants,
  joinSamples,
  numberAt,
  SAME_START_MS,
  sampleAt,
  type Samples,
} from './samples.ts';
import type { EngineTarget } from './targets.ts';
import type { CountedFact } from './record.ts';

/**
 * If a copy is silent for longer, another one is used. Prometheus also drops series after five
 * minutes.
 */
const SILENCE_MS = 5 * MINUTE_MS;

/** A silence of this many usual steps means that a scrape was missed. */
const MISSED_STEPS = 1.5;

/** With this many steps, a target's own steps define what is usual. */
const MIN_STEPS = 3;

/** A target, and which of its scrapes are used. */
export interface CopyScrapes {
  readonly target: EngineTarget;
  readonly isUsed: (instantMs: number) => boolean;
  /**
   * The start of its process in Unix seconds, from the kind of metric that all copies are read by.
   */
  readonly startsOf: (rank: string) => Samples | undefined;
  /** Whether it was scraped while an earlier copy had the same times. */
  readonly isRepeat: boolean;
}

/** One scrape. A missing value is `NaN`. */
interface Scrape {
  readonly atMs: number;
  readonly startMs: number;
  /** In tokens. */
  readonly total: number;
  /** The longest usual time to the next scrape. */
  readonly silenceMs: number;
}

/**
 * Selects one target for each time: the first in order that was scraped around it. If a target
 * misses a scrape, it is silent until its next one, and other targets fill the gap unless their
 * samples are late. A label that changes midway, or even changes back, therefore still gives one
 * counter. A second scraper adds nothing.
 */
export function selectScrapes(targets: readonly EngineTarget[]): CopyScrapes[] {
  const startOf = chooseStartMetric(targets);
  const usualMs = median(targets.flatMap(({ timesMs }) => stepsOf(timesMs)));
  let used: Scrape[] = [];
  return targets.map((target) => {
    const startsOf = (rank: string) => startOf(target, rank);
    if (targets.length === 1) return { target, startsOf, isUsed: () => true, isRepeat: false };
    const added = missingScrapes(used, scrapesOf(target, startsOf, silenceOf(target, usualMs)));
    used = [...used, ...added].sort((a, b) => a.atMs - b.atMs);
    const instants = new Set(added.map(({ atMs }) => atMs));
    const isRepeat = added.length < target.timesMs.length;
    return { target, startsOf, isUsed: (instantMs) => instants.has(instantMs), isRepeat };
  });
}

/**
 * Chooses the metric for start times. Creation times of counters and start times of processes
 * differ by minutes. Only one of the two is used for a process, or every change of scraper would
 * look like a restart.
 */
function chooseStartMetric(targets: readonly EngineTarget[]) {
  const created = ({ created: starts }: EngineTarget, rank: string) =>
    starts.get(rank) ?? starts.get('');
  const process = ({ processStart }: EngineTarget) => processStart;
  if (targets.every((target) => target.created.size > 0)) return created;
  if (targets.every((target) => target.processStart !== undefined)) return process;
  return targets.some((target) => target.created.size > 0) ? created : process;
}

function scrapesOf(
  target: EngineTarget,
  startsOf: CopyScrapes['startsOf'],
  silenceMs: number,
): readonly Scrape[] {
  const totals = tokenTotals(target);
  const starts = startsOf(target.counters[0]?.rank ?? '');
  return Array.from(target.timesMs, (atMs) => {
    const startMs = starts === undefined ? Number.NaN : sampleAt(starts, atMs) * SECOND_MS;
    return { atMs, startMs, total: sampleAt(totals, atMs), silenceMs };
  });
}

/** The scrapes that fill gaps in `used`. Both lists are in order. */
function missingScrapes(used: readonly Scrape[], scrapes: readonly Scrape[]): Scrape[] {
  let next = 0;
  return scrapes.filter((scrape) => {
    while ((used[next]?.atMs ?? Number.POSITIVE_INFINITY) <= scrape.atMs) next += 1;
    const [before, after] = [used[next - 1], used[next]];
    if (before?.atMs === scrape.atMs) return false;
    if (before !== undefined && after !== undefined) {
      if (after.atMs - before.atMs <= Math.max(before.silenceMs, after.silenceMs)) return false;
    }
    return !isOutOfOrder(scrape, used, next - 1) && !isOutOfOrder(scrape, used, next);
  });
}

/**
 * Whether the scrape shows an earlier state than the used scrape before it, or a later state than
 * the one after it. One of the two is then late, as from a federating server. An earlier start
 * proves it, and so do lower counters with the same start. Without a start, counters may be lower
 * after a restart. Then the proof is that used scrapes passed this total within the lag, as in 100,
 * 110, 120 and then 110 again.
 */
function isOutOfOrder(scrape: Scrape, used: readonly Scrape[], neighbor: number): boolean {
  const reference = used[neighbor];
  if (reference === undefined || Math.abs(scrape.atMs - reference.atMs) > COPY_LAG_MS) return false;
  const side = Math.sign(reference.atMs - scrape.atMs);
  const startDifferenceMs = scrape.startMs - reference.startMs;
  if (Math.abs(startDifferenceMs) >= SAME_START_MS) return startDifferenceMs * side > 0;
  if (!((scrape.total - reference.total) * side > 0)) return false;
  if (!Number.isNaN(startDifferenceMs)) return true;
  for (let index = neighbor; ; index += side) {
    const { atMs, total } = used[index] ?? { atMs: Number.NaN, total: Number.NaN };
    if ((total - scrape.total) * side >= 0) return true;
    if (!(Math.abs(scrape.atMs - atMs) < COPY_LAG_MS)) return false;
  }
}

/**
 * The longest usual time between scrapes: 90 s with a scrape each minute. A target with too few
 * scrapes uses the usual step of the process.
 */
function silenceOf({ timesMs }: EngineTarget, usualMs: number): number {
  const steps = stepsOf(timesMs);
  const stepMs = steps.length >= MIN_STEPS ? median(steps) : usualMs;
  return Math.min(SILENCE_MS, MISSED_STEPS * stepMs);
}

function stepsOf(timesMs: Float64Array): number[] {
  return Array.from(
    timesMs.subarray(1),
    (instantMs, index) => instantMs - numberAt(timesMs, index),
  );
}

/** The median, or the smaller of two middle values. Infinite if there are no steps. */
function median(steps: readonly number[]): number {
  const sorted = steps.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.POSITIVE_INFINITY;
}

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
