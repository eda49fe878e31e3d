/** Which of a process's copies tells each moment, so that every moment is told once. */

import { MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import { LAG_MS } from './copies.ts';
import { heightsOf } from './heights.ts';
import { SAME_START_MS } from './lives.ts';
import { at, type Samples, valueAt } from './samples.ts';
import type { Target } from './targets.ts';

/** Where a copy is silent for longer, another one speaks; Prometheus too forgets after so long. */
const SILENCE_MS = 5 * MINUTE_MS;

/** So many usual steps without a scrape are a silence: a scrape was missed. */
const MISSED = 1.5;

/** From so many steps on, a target's own steps tell what is usual for it. */
const ENOUGH_STEPS = 3;

/** A target and those of its scrapes that count. */
export interface Speaker {
  readonly target: Target;
  readonly speaks: (instantMs: number) => boolean;
  /** Its process's start in unix seconds, told as the other copies tell it. */
  readonly startsOf: (rank: string) => Samples | undefined;
  /** Is it a copy that was scraped while an earlier one told the same moments? */
  readonly repeats: boolean;
}

/** What one scrape showed; `NaN` where it did not tell. */
interface Scrape {
  readonly atMs: number;
  readonly startMs: number;
  /** Tokens. */
  readonly height: number;
  /** How far the next scrape may be: longer is a silence. */
  readonly silenceMs: number;
}

/**
 * Each moment is told by one target: the first in order that was scraped around it. One that misses
 * a scrape is silent until its next, and the others tell what they saw meanwhile, unless they tell
 * it late. So a label that changes midway, and even changes back, makes one counter of two, and a
 * second scraper adds nothing.
 */
export function speakersOf(targets: readonly Target[]): Speaker[] {
  const startsBy = startKindOf(targets);
  const usualMs = middleOf(targets.flatMap(({ timesMs }) => stepsOf(timesMs)));
  let told: Scrape[] = [];
  return targets.map((target) => {
    const startsOf = (rank: string) => startsBy(target, rank);
    if (targets.length === 1) return { target, startsOf, speaks: () => true, repeats: false };
    const own = newIn(told, scrapesOf(target, startsOf, silenceOf(target, usualMs)));
    told = [...told, ...own].sort((a, b) => a.atMs - b.atMs);
    const instants = new Set(own.map(({ atMs }) => atMs));
    const repeats = own.length < target.timesMs.length;
    return { target, startsOf, speaks: (instantMs) => instants.has(instantMs), repeats };
  });
}

/**
 * Times at which counters were made and at which processes started differ by minutes: of one
 * process only one of the two is believed, or every change of scraper would look like a restart.
 */
function startKindOf(targets: readonly Target[]) {
  const created = ({ created: starts }: Target, rank: string) => starts.get(rank) ?? starts.get('');
  const process = ({ processStart }: Target) => processStart;
  if (targets.every((target) => target.created.size > 0)) return created;
  if (targets.every((target) => target.processStart !== undefined)) return process;
  return targets.some((target) => target.created.size > 0) ? created : process;
}

function scrapesOf(
  target: Target,
  startsOf: Speaker['startsOf'],
  silenceMs: number,
): readonly Scrape[] {
  const heights = heightsOf(target);
  const starts = startsOf(target.counters[0]?.rank ?? '');
  return Array.from(target.timesMs, (atMs) => {
    const startMs = starts === undefined ? Number.NaN : valueAt(starts, atMs) * SECOND_MS;
    return { atMs, startMs, height: valueAt(heights, atMs), silenceMs };
  });
}

/** The scrapes that tell what those in `told` do not; both are in order of time. */
function newIn(told: readonly Scrape[], scrapes: readonly Scrape[]): Scrape[] {
  let next = 0;
  return scrapes.filter((scrape) => {
    while ((told[next]?.atMs ?? Number.POSITIVE_INFINITY) <= scrape.atMs) next += 1;
    const [before, after] = [told[next - 1], told[next]];
    if (before?.atMs === scrape.atMs) return false;
    if (before !== undefined && after !== undefined) {
      if (after.atMs - before.atMs <= Math.max(before.silenceMs, after.silenceMs)) return false;
    }
    return !isOutOfOrder(scrape, told, next - 1) && !isOutOfOrder(scrape, told, next);
  });
}

/**
 * Does it show what the process was at before the told scrape that it comes after, or after the one
 * that it comes before? One of the two is told late then, as a federating server tells. An earlier
 * start is proof, and so are lower counters beside the same start. Where no start is told they may
 * have fallen by a restart: proof is that the told ones passed that height within the lag, as in
 * 100, 110, 120 and then 110 again.
 */
function isOutOfOrder(scrape: Scrape, told: readonly Scrape[], neighbor: number): boolean {
  const beside = told[neighbor];
  if (beside === undefined || Math.abs(scrape.atMs - beside.atMs) > LAG_MS) return false;
  const side = Math.sign(beside.atMs - scrape.atMs);
  const apartMs = scrape.startMs - beside.startMs;
  if (Math.abs(apartMs) >= SAME_START_MS) return apartMs * side > 0;
  if (!((scrape.height - beside.height) * side > 0)) return false;
  if (!Number.isNaN(apartMs)) return true;
  for (let index = neighbor; ; index += side) {
    const { atMs, height } = told[index] ?? { atMs: Number.NaN, height: Number.NaN };
    if ((height - scrape.height) * side >= 0) return true;
    if (!(Math.abs(scrape.atMs - atMs) < LAG_MS)) return false;
  }
}

/**
 * A scrape each minute: silent after 90 s. A target that was scraped too seldom to tell what is
 * usual takes what is usual for the process.
 */
function silenceOf({ timesMs }: Target, usualMs: number): number {
  const steps = stepsOf(timesMs);
  const usual = steps.length >= ENOUGH_STEPS ? middleOf(steps) : usualMs;
  return Math.min(SILENCE_MS, MISSED * usual);
}

function stepsOf(timesMs: Float64Array): number[] {
  return Array.from(timesMs.subarray(1), (instantMs, index) => instantMs - at(timesMs, index));
}

/** The one in the middle, the smaller of two; infinite where there is none. */
function middleOf(steps: readonly number[]): number {
  const ordered = steps.toSorted((a, b) => a - b);
  return ordered[(ordered.length - 1) >> 1] ?? Number.POSITIVE_INFINITY;
}
