/** Groups series by scrape target: those that share all labels of their target. */

import { type CountedFact, type Family, factOf, type Named } from './engine.ts';
import { allInstants, joined, type Samples } from './samples.ts';
import type { Labels, Series } from './samples.ts';

/** One counter of a target; requests have one for each finished reason. */
export interface TargetCounter {
  readonly fact: CountedFact;
  /** The data-parallel rank; empty where the target tells of one alone. */
  readonly rank: string;
  readonly reason: string;
  readonly samples: Samples;
}

/** What one scrape target told under one spelling of the names. */
export interface Target {
  readonly labels: Labels;
  readonly family: Family;
  readonly spelling: string;
  readonly counters: readonly TargetCounter[];
  /** Requests running, by rank. */
  readonly running: ReadonlyMap<string, Samples>;
  /** Unix seconds at which the counters were made, by rank. */
  readonly created: ReadonlyMap<string, Samples>;
  /** Unix seconds at which the process started. */
  readonly processStart?: Samples;
  /** When any of the token counters was scraped. */
  readonly timesMs: Float64Array;
}

/** Labels that tell series of one target apart. */
const WITHIN_TARGET: ReadonlySet<string> = new Set(['__name__', 'engine', 'finished_reason']);

/** Requests that ended so were not served. */
const NOT_SERVED: ReadonlySet<string> = new Set(['abort', 'error']);

/** Sorts series by target. `starts` are `process_start_time_seconds` from a query of their own. */
export function targetsOf(series: readonly Series[], starts: readonly Series[]): Target[] {
  const groups = new Map<string, { labels: Labels; named: Named; series: Series[] }>();
  for (const each of series) {
    const named = factOf(each.labels['__name__'] ?? '');
    if (named?.family === undefined) continue;
    const labels = ownLabels(each.labels);
    const key = `${named.spelling}\n${labelText(labels)}`;
    const group = groups.get(key) ?? { labels, named, series: [] };
    groups.set(key, group);
    group.series.push(each);
  }
  const startSeries = [...starts, ...series.filter((each) => factIn(each) === 'processStart')].map(
    ({ labels, samples }) => ({ labels: Object.entries(labels), samples }),
  );
  return [...groups.values()].map(({ labels, named, series: own }) => {
    const processStart = startOf(labels, startSeries);
    const { family = 'vllm', spelling } = named;
    const told = { labels, family, spelling, ...partsOf(own) };
    return processStart === undefined ? told : { ...told, processStart };
  });
}

/** The labels in one order, as a text to sort and compare by. */
export function labelText(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function partsOf(series: readonly Series[]) {
  const counters: TargetCounter[] = [];
  const running = new Map<string, Samples>();
  const created = new Map<string, Samples>();
  const ranks = new Set(series.flatMap(({ labels }) => labels['engine'] ?? []));
  for (const each of series) {
    const { labels, samples } = each;
    const fact = factIn(each);
    // Where there is one rank its label tells nothing, and may come and go.
    const rank = ranks.size > 1 ? (labels['engine'] ?? '') : '';
    const reason = labels['finished_reason'] ?? '';
    if (fact === 'running') extend(running, rank, samples);
    else if (fact === 'created') extend(created, rank, samples);
    else if (fact !== undefined && fact !== 'processStart' && isRead(fact, labels))
      counters.push({ fact, rank, reason, samples });
  }
  const tokens = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const timesMs = allInstants(tokens.map(({ samples }) => samples.timesMs));
  return { counters, running, created, timesMs };
}

function extend(byRank: Map<string, Samples>, rank: string, samples: Samples): void {
  const known = byRank.get(rank);
  byRank.set(rank, known === undefined ? samples : joined([known, samples]));
}

/** Cache hits without an engine label may be blocks: unknown, not tokens. */
function isRead(fact: CountedFact, labels: Labels): boolean {
  if (fact === 'cacheHits') return labels['engine'] !== undefined;
  return fact !== 'requests' || !NOT_SERVED.has(labels['finished_reason'] ?? '');
}

function ownLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !WITHIN_TARGET.has(name)));
}

function factIn({ labels }: Series) {
  return factOf(labels['__name__'] ?? '')?.fact;
}

interface StartSeries {
  readonly labels: readonly [string, string][];
  readonly samples: Samples;
}

/** The start series of the target whose labels the process carries all. */
function startOf(target: Labels, starts: readonly StartSeries[]): Samples | undefined {
  const carries = ([name, value]: [string, string]) =>
    name === '__name__' || target[name] === value;
  return starts.find(({ labels }) => labels.every(carries))?.samples;
}
