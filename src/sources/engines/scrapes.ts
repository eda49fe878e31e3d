/** Joins the series of one scrape that have several label sets, since they are one process. */

import { heightsOf } from './heights.ts';
import { isOfPlace } from './identity.ts';
import { SAME_START_MS } from './lives.ts';
import { SECOND_MS } from '../../domain/period.ts';
import { allInstants, at, type Labels, labelText, type Samples, valueAt } from './samples.ts';
import type { Target } from './targets.ts';

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
export function joinedByScrape(targets: readonly Target[], isLabeled: boolean): Target[] {
  const byPlace = Map.groupBy(targets, ({ spelling, labels }) => {
    const place = Object.entries(labels).filter(([name]) => isOfPlace(name));
    return `${spelling}\n${labelText(Object.fromEntries(place))}`;
  });
  return [...byPlace.values()].flatMap((placeTargets) => {
    const separate: Target[] = [];
    for (const target of placeTargets) {
      const index = separate.findIndex((each) => isOneScrape(each, target, isLabeled));
      const match = separate[index];
      if (match === undefined) separate.push(target);
      else separate[index] = joinTargets(match, target);
    }
    return separate;
  });
}

function isOneScrape(a: Target, b: Target, isLabeled: boolean): boolean {
  const [fewer, more] = [timesOf(a), timesOf(b)].sort((one, other) => one.size - other.size);
  if (fewer === undefined || more === undefined || !fewer.isSubsetOf(more)) return false;
  if (lacksTokens(a) || lacksTokens(b) || tokenMetrics(a).isDisjointFrom(tokenMetrics(b))) {
    return true;
  }
  return (isLabeled || haveSameStart(a, b)) && haveDifferentTotals(heightsOf(a), heightsOf(b));
}

function timesOf({ counters, running }: Target): Set<number> {
  const columns = [...counters.map(({ samples }) => samples), ...running.values()];
  return new Set(columns.flatMap(({ timesMs }) => [...timesMs]));
}

function lacksTokens({ counters }: Target): boolean {
  const has = (wanted: string) => counters.some(({ fact }) => fact === wanted);
  return !has('prompt') || !has('output');
}

function tokenMetrics({ counters }: Target): Set<string> {
  const tokens = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  return new Set(tokens.map(({ metric }) => metric));
}

function haveSameStart(a: Target, b: Target): boolean {
  const [one, other] = [startOf(a), startOf(b)];
  if (one === undefined || other === undefined) return false;
  const shared = [...one.timesMs].filter((atMs) => !Number.isNaN(valueAt(other, atMs)));
  return (
    shared.length > 0 &&
    shared.every((atMs) => {
      return Math.abs(valueAt(one, atMs) - valueAt(other, atMs)) * SECOND_MS < SAME_START_MS;
    })
  );
}

function startOf({ created, processStart }: Target): Samples | undefined {
  const [first] = created.values();
  return first ?? processStart;
}

function haveDifferentTotals(a: Samples, b: Samples): boolean {
  return a.timesMs.some((atMs, index) => {
    const other = valueAt(b, atMs);
    return !Number.isNaN(other) && other !== at(a.values, index);
  });
}

function joinTargets(a: Target, b: Target): Target {
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
function splitLabels(a: Labels, b: Labels): readonly [Labels, string, string] {
  const shared = Object.entries(a).filter(([name, value]) => b[name] === value);
  const names = new Set(shared.map(([name]) => name));
  const restOf = (labels: Labels) =>
    JSON.stringify(Object.entries(labels).filter(([name]) => !names.has(name)));
  return [Object.fromEntries(shared), restOf(a), restOf(b)];
}

function withSplit(counters: Target['counters'], rest: string) {
  return counters.map((each) => ({ ...each, split: `${each.split}${rest}` }));
}

function withKeys(gauges: Target['running'], rest: string) {
  return [...gauges].map(([key, samples]) => [`${key}${rest}`, samples] as const);
}
