/** Joins the series of one scrape that have several label sets, since they are one process. */

import { tokenTotals } from './groupByProcess.ts';
import { isPlaceLabel } from './identity.ts';
import {
  allInstants,
  numberAt,
  SAME_START_MS,
  sampleAt,
  type Samples,
  type SeriesLabels,
  toLabelKey,
} from './samples.ts';
import { SECOND_MS } from '../../domain/period.ts';
import type { EngineTarget } from './targets.ts';

/**
 * Joins targets of one place and scraper that were scraped at the same times and differ only in
 * labels of requests. Their counters are summed in three cases:
 *
 * - One label set lacks a token counter.
 * - The label sets have different token metrics.
 * - The counters differ although the process started at the same time. If requests of the engine
 *   may have labels of any name, the same start is not needed.
 *
 * Copies of one counter stay separate.
 */
export function joinByScrape(targets: readonly EngineTarget[], isLabeled: boolean): EngineTarget[] {
  const byPlace = Map.groupBy(targets, ({ spelling, labels }) => {
    const place = Object.entries(labels).filter(([name]) => isPlaceLabel(name));
    return `${spelling}\n${toLabelKey(Object.fromEntries(place))}`;
  });
  return [...byPlace.values()].flatMap((placeTargets) => {
    const separate: EngineTarget[] = [];
    for (const target of placeTargets) {
      const index = separate.findIndex((each) => isOneScrape(each, target, isLabeled));
      const match = separate[index];
      if (match === undefined) separate.push(target);
      else separate[index] = joinTargets(match, target);
    }
    return separate;
  });
}

function isOneScrape(a: EngineTarget, b: EngineTarget, isLabeled: boolean): boolean {
  const [fewer, more] = [timesOf(a), timesOf(b)].sort((one, other) => one.size - other.size);
  if (fewer === undefined || more === undefined || !fewer.isSubsetOf(more)) return false;
  if (lacksTokens(a) || lacksTokens(b) || tokenMetrics(a).isDisjointFrom(tokenMetrics(b))) {
    return true;
  }
  return (isLabeled || haveSameStart(a, b)) && haveDifferentTotals(tokenTotals(a), tokenTotals(b));
}

function timesOf({ counters, running }: EngineTarget): Set<number> {
  const columns = [...counters.map(({ samples }) => samples), ...running.values()];
  return new Set(columns.flatMap(({ timesMs }) => [...timesMs]));
}

function lacksTokens({ counters }: EngineTarget): boolean {
  const has = (wanted: string) => counters.some(({ fact }) => fact === wanted);
  return !has('prompt') || !has('output');
}

function tokenMetrics({ counters }: EngineTarget): Set<string> {
  const tokens = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  return new Set(tokens.map(({ metric }) => metric));
}

function haveSameStart(a: EngineTarget, b: EngineTarget): boolean {
  const [one, other] = [startOf(a), startOf(b)];
  if (one === undefined || other === undefined) return false;
  const shared = [...one.timesMs].filter((atMs) => !Number.isNaN(sampleAt(other, atMs)));
  return (
    shared.length > 0 &&
    shared.every((atMs) => {
      return Math.abs(sampleAt(one, atMs) - sampleAt(other, atMs)) * SECOND_MS < SAME_START_MS;
    })
  );
}

function startOf({ created, processStart }: EngineTarget): Samples | undefined {
  const [first] = created.values();
  return first ?? processStart;
}

function haveDifferentTotals(a: Samples, b: Samples): boolean {
  return a.timesMs.some((atMs, index) => {
    const other = sampleAt(b, atMs);
    return !Number.isNaN(other) && other !== numberAt(a.values, index);
  });
}

function joinTargets(a: EngineTarget, b: EngineTarget): EngineTarget {
  const [shared, restOfA, restOfB] = splitLabels(a.labels, b.labels);
  const { processStart = b.processStart, role = b.role } = a;
  const counters = [...withSplit(a.counters, restOfA), ...withSplit(b.counters, restOfB)];
  return {
    ...a,
    labels: shared,
    counters,
    running: new Map([...withKeys(a.running, restOfA), ...withKeys(b.running, restOfB)]),
    created: new Map([...b.created, ...a.created]),
    timesMs: allInstants([a.timesMs, b.timesMs]),
    ...(processStart === undefined ? {} : { processStart }),
    ...(role === undefined ? {} : { role }),
  };
}

/** The labels that two targets share, and the remaining labels of each as a text. */
function splitLabels(a: SeriesLabels, b: SeriesLabels): readonly [SeriesLabels, string, string] {
  const shared = Object.entries(a).filter(([name, value]) => b[name] === value);
  const names = new Set(shared.map(([name]) => name));
  const restOf = (labels: SeriesLabels) =>
    JSON.stringify(Object.entries(labels).filter(([name]) => !names.has(name)));
  return [Object.fromEntries(shared), restOf(a), restOf(b)];
}

function withSplit(counters: EngineTarget['counters'], rest: string) {
  return counters.map((each) => ({ ...each, split: `${each.split}${rest}` }));
}

function withKeys(gauges: EngineTarget['running'], rest: string) {
  return [...gauges].map(([key, samples]) => [`${key}${rest}`, samples] as const);
}
