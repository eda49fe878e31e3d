/** Puts together what one scrape told under several label sets: it is one process. */

import { heightsOf } from './heights.ts';
import { isOfPlace } from './identity.ts';
import { SAME_START_MS } from './lives.ts';
import { SECOND_MS } from '../../domain/period.ts';
import { allInstants, at, type Labels, labelText, type Samples, valueAt } from './samples.ts';
import type { Target } from './targets.ts';

/**
 * Joins targets of one place and scraper that were scraped at the same moments and differ in other
 * labels alone. Such labels are of requests, and their counters sum, where one label set lacks a
 * token counter or tells other metrics, or where counters differ though the process started at the
 * same time. An engine whose requests carry labels of any name needs no such start. Copies of one
 * counter stay apart.
 */
export function joinedByScrape(targets: readonly Target[], isLabeled: boolean): Target[] {
  const places = Map.groupBy(targets, ({ spelling, labels }) => {
    const place = Object.entries(labels).filter(([name]) => isOfPlace(name));
    return `${spelling}\n${labelText(Object.fromEntries(place))}`;
  });
  return [...places.values()].flatMap((together) => {
    const apart: Target[] = [];
    for (const target of together) {
      const index = apart.findIndex((each) => isOneScrape(each, target, isLabeled));
      const found = apart[index];
      if (found === undefined) apart.push(target);
      else apart[index] = joinedTarget(found, target);
    }
    return apart;
  });
}

function isOneScrape(a: Target, b: Target, isLabeled: boolean): boolean {
  const [fewer, more] = [momentsOf(a), momentsOf(b)].sort((one, other) => one.size - other.size);
  if (fewer === undefined || more === undefined || !fewer.isSubsetOf(more)) return false;
  if (lacksTokens(a) || lacksTokens(b) || tokenMetrics(a).isDisjointFrom(tokenMetrics(b))) {
    return true;
  }
  return (isLabeled || startedAlike(a, b)) && differ(heightsOf(a), heightsOf(b));
}

function momentsOf({ counters, running }: Target): Set<number> {
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

function startedAlike(a: Target, b: Target): boolean {
  const [one, other] = [startIn(a), startIn(b)];
  if (one === undefined || other === undefined) return false;
  const shared = [...one.timesMs].filter((atMs) => !Number.isNaN(valueAt(other, atMs)));
  return (
    shared.length > 0 &&
    shared.every((atMs) => {
      return Math.abs(valueAt(one, atMs) - valueAt(other, atMs)) * SECOND_MS < SAME_START_MS;
    })
  );
}

function startIn({ created, processStart }: Target): Samples | undefined {
  const [first] = created.values();
  return first ?? processStart;
}

function differ(a: Samples, b: Samples): boolean {
  return a.timesMs.some((atMs, index) => {
    const other = valueAt(b, atMs);
    return !Number.isNaN(other) && other !== at(a.values, index);
  });
}

function joinedTarget(a: Target, b: Target): Target {
  const [shared, ofA, ofB] = commonOf(a.labels, b.labels);
  const { processStart = b.processStart, role = b.role } = a;
  const counters = [...marked(a.counters, ofA), ...marked(b.counters, ofB)];
  return {
    ...a,
    labels: shared,
    counters,
    running: new Map([...keyed(a.running, ofA), ...keyed(b.running, ofB)]),
    created: new Map([...b.created, ...a.created]),
    timesMs: allInstants([a.timesMs, b.timesMs]),
    ...(processStart === undefined ? {} : { processStart }),
    ...(role === undefined ? {} : { role }),
  };
}

/** The labels that two have in common, and what each has besides, as a text. */
function commonOf(a: Labels, b: Labels): readonly [Labels, string, string] {
  const shared = Object.entries(a).filter(([name, value]) => b[name] === value);
  const names = new Set(shared.map(([name]) => name));
  const besides = (labels: Labels) =>
    JSON.stringify(Object.entries(labels).filter(([name]) => !names.has(name)));
  return [Object.fromEntries(shared), besides(a), besides(b)];
}

function marked(counters: Target['counters'], besides: string) {
  return counters.map((each) => ({ ...each, split: `${each.split}${besides}` }));
}

function keyed(gauges: Target['running'], besides: string) {
  return [...gauges].map(([key, samples]) => [`${key}${besides}`, samples] as const);
}
