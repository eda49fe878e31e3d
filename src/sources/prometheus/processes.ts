/** Knows which series come from the same server process: all that share their target's labels. */

import { Failure } from '../../domain/failure.ts';
import { shortText } from '../../platform/json.ts';
import type { Counter } from './counters.ts';
import { type CountedFact, factOf, metricName } from './engine.ts';
import { allInstants, at, type Samples, samplesBefore, valueAt } from './samples.ts';
import type { Labels, Series } from './series.ts';

/** One counter of one engine rank; requests have one for each finished reason. */
export interface ProcessCounter {
  readonly fact: CountedFact;
  /** The data-parallel rank, empty where the engine does not tell. */
  readonly rank: string;
  readonly counter: Counter;
}

/** One replica: a process and its data-parallel ranks, which share it. */
export interface ServerProcess {
  readonly labels: Labels;
  /** When any of its token counters was scraped. */
  readonly timesMs: Float64Array;
  readonly counters: readonly ProcessCounter[];
  /** Requests running, a gauge for each rank. */
  readonly running: readonly Samples[];
}

interface Parts {
  readonly labels: Labels;
  readonly counters: { fact: CountedFact; rank: string; labels: Labels; samples: Samples }[];
  readonly running: Samples[];
  /** Unix seconds by rank. */
  readonly created: Map<string, Samples>;
}

/** Requests that ended so were not served. */
const NOT_SERVED: ReadonlySet<string> = new Set(['abort', 'error']);

/** Labels that tell series of one process apart. */
const WITHIN_PROCESS: ReadonlySet<string> = new Set(['__name__', 'engine', 'finished_reason']);

/**
 * Sorts series by process. `starts` are `process_start_time_seconds` from a query of their own.
 * @throws {Failure} `config` when two name families tell the same facts; `malformed` when a process
 *   has only one of the two token counters.
 */
export function processesOf(series: readonly Series[], starts: readonly Series[]) {
  requireOneFamily(series);
  const parts = partsOf(series);
  const startSeries = [...starts, ...series.filter((each) => factIn(each) === 'processStart')];
  return parts.map((each) => assemble(each, startOf(each.labels, startSeries)));
}

function partsOf(series: readonly Series[]): Parts[] {
  const processes = new Map<string, Parts>();
  for (const { labels, samples } of series) {
    const fact = factOf(labels['__name__'] ?? '')?.fact;
    if (fact === undefined || fact === 'processStart') continue;
    const own = ownLabels(labels);
    const key = JSON.stringify(Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)));
    const parts = processes.get(key) ?? emptyParts(own);
    processes.set(key, parts);
    place(parts, fact, { labels, samples });
  }
  return [...processes.values()];
}

function emptyParts(labels: Labels): Parts {
  return { labels, counters: [], running: [], created: new Map() };
}

function place(parts: Parts, fact: CountedFact | 'running' | 'created', series: Series): void {
  const { labels, samples } = series;
  const rank = labels['engine'] ?? '';
  if (fact === 'running') parts.running.push(samples);
  else if (fact === 'created') parts.created.set(rank, samples);
  else if (isRead(fact, labels)) parts.counters.push({ fact, rank, labels, samples });
}

/** Cache hits without an engine label may be blocks: unknown, not tokens. */
function isRead(fact: CountedFact, labels: Labels): boolean {
  if (fact === 'cacheHits') return labels['engine'] !== undefined;
  return fact !== 'requests' || !NOT_SERVED.has(labels['finished_reason'] ?? '');
}

function assemble(parts: Parts, processStart: Samples | undefined): ServerProcess {
  requireBothTokenCounters(parts);
  const counters = withoutRepeatedCache(parts.counters).map(({ fact, rank, samples }) => {
    const starts = parts.created.get(rank) ?? processStart;
    return { fact, rank, counter: starts === undefined ? samples : startedBy(samples, starts) };
  });
  const tokens = counters.filter(({ fact }) => fact === 'prompt' || fact === 'output');
  const timesMs = allInstants(tokens.map(({ counter }) => counter.timesMs));
  return { labels: parts.labels, timesMs, counters, running: parts.running };
}

/** Start times come in unix seconds, scraped at the same instants as the counter. */
function startedBy(samples: Samples, starts: Samples): Counter {
  const startsMs = samples.timesMs.map((instantMs) => valueAt(starts, instantMs) * 1000);
  return { ...samples, startsMs };
}

/**
 * From the first sample of the newer cache counter on, the older one repeats it: never both. A
 * server that was upgraded in place tells the older one before.
 */
function withoutRepeatedCache(counters: Parts['counters']): Parts['counters'] {
  return counters.map((each) => {
    if (each.fact !== 'cacheHits') return each;
    const newer = counters.find(({ fact, rank }) => fact === 'cached' && rank === each.rank);
    if (newer === undefined) return each;
    return { ...each, samples: samplesBefore(each.samples, at(newer.samples.timesMs, 0)) };
  });
}

function ownLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !WITHIN_PROCESS.has(name)));
}

function factIn({ labels }: Series) {
  return factOf(labels['__name__'] ?? '')?.fact;
}

/** The start series of the target whose labels the process carries all. */
function startOf(process: Labels, starts: readonly Series[]): Samples | undefined {
  const carries = ([name, value]: [string, string]) =>
    name === '__name__' || process[name] === value;
  return starts.find(({ labels }) => Object.entries(labels).every(carries))?.samples;
}

function requireOneFamily(series: readonly Series[]): void {
  const names = series.map(({ labels }) => factOf(labels['__name__'] ?? '')?.family ?? '');
  const [one, other] = [...new Set(names)].filter((family) => family !== '').sort();
  if (one === undefined || other === undefined) return;
  throw new Failure('config', `${one}… and ${other}… tell the same facts and both match`, {
    expected: 'one family of names, or every token would count twice',
    hint: "narrow the deployment's usage.match, e.g. by job",
  });
}

function requireBothTokenCounters({ labels, counters }: Parts): void {
  const has = (fact: CountedFact) => counters.some((each) => each.fact === fact);
  if (has('prompt') === has('output')) return;
  const other = has('prompt') ? 'prompt_tokens_total' : 'generation_tokens_total';
  const [present] = counters.map((each) => each.labels['__name__'] ?? '');
  const family = factOf(present ?? '')?.family ?? 'vllm:';
  const missing = metricName(family, has('prompt') ? 'output' : 'prompt');
  const where = shortText(labels['instance'] ?? labels['pod'] ?? JSON.stringify(labels), 120);
  throw new Failure(
    'malformed',
    `${missing} is missing at ${where}, though ${family}${other} is there`,
    {
      expected: missing,
      hint: `let the scrape keep ${missing}; without it half of the tokens would be missing`,
    },
  );
}
