/** Knows the server processes behind an answer's series: each once, however often scraped. */

import { Failure } from '../../domain/failure.ts';
import { type Kin, kinOf, overlap } from './copies.ts';
import { type CountedFact, metricName } from './engine.ts';
import { differenceOf, nameOf } from './identity.ts';
import { livesOf } from './lives.ts';
import { during, type MergedCounter, mergeSpeakers } from './merge.ts';
import { allInstants, at, type Samples, samplesBefore } from './samples.ts';
import type { Labels, Series } from './samples.ts';
import { speakersOf } from './speakers.ts';
import { type Target, targetsOf } from './targets.ts';

/** One replica: a process and its data-parallel ranks, which share it. */
export interface ServerProcess {
  /** For people: its address, else its pod. */
  readonly name: string;
  /** What stands before its metrics' names: `vllm:`. */
  readonly spelling: string;
  /** Labels of every target that scraped it. */
  readonly scrapedAs: readonly Labels[];
  /** When any of its token counters was scraped. */
  readonly timesMs: Float64Array;
  readonly counters: readonly MergedCounter[];
  /** Requests running, a gauge for each rank. */
  readonly running: readonly Samples[];
  /** Which labels keep its copies apart, where it was scraped twice at the same time. */
  readonly copies?: string;
  /** True where only the heights of counters say that copies are copies. */
  readonly presumed: boolean;
  /** How many processes answer here by turns, where it is more than one. */
  readonly sharedBy?: number;
}

/**
 * Sorts series by process. `starts` are `process_start_time_seconds` from a query of their own.
 * Targets without a token counter tell nothing about usage.
 * @throws {Failure} `config` when two name families tell the same facts at the same time;
 *   `malformed` when a process has only one of the two token counters.
 */
export function processesOf(series: readonly Series[], starts: readonly Series[]): ServerProcess[] {
  const targets = targetsOf(series, starts).filter(({ timesMs }) => timesMs.length > 0);
  requireOneFamily(targets);
  return kinOf(targets).flatMap(processOf);
}

function processOf({ targets, presumed }: Kin): ServerProcess[] {
  const whole = targets.filter((target) => missingOf(target) === undefined);
  const used = whole.length > 0 ? whole : targets;
  const [first] = used;
  if (first === undefined) return [];
  requireBothTokenCounters(first);
  const speakers = speakersOf(used);
  const { counters, running } = mergeSpeakers(speakers);
  const repeated = speakers.filter(({ repeats }) => repeats).map(({ target }) => target);
  const copied = used.filter((one) => repeated.some((each) => overlap(one, each)));
  const process = withTimes({
    name: nameOf(first.labels),
    spelling: first.spelling,
    scrapedAs: used.map(({ labels }) => labels),
    counters: withoutRepeatedCache(counters),
    running,
    presumed,
    ...(copied.length === 0 ? {} : { copies: differenceOf(copied) }),
  });
  const [tokens] = counters.filter(({ fact }) => isToken(fact));
  const lives = tokens === undefined ? [] : livesOf(tokens.counter);
  if (lives.length === 0) return [process];
  return lives.map((life) =>
    withTimes({
      ...process,
      counters: process.counters.map((each) => {
        return { ...each, counter: during(each.counter, life) };
      }),
      running: running.map((gauge) => during(gauge, life)),
      sharedBy: lives.length,
    }),
  );
}

function withTimes(process: Omit<ServerProcess, 'timesMs'>): ServerProcess {
  const tokens = process.counters.filter(({ fact }) => isToken(fact));
  return { ...process, timesMs: allInstants(tokens.map(({ counter }) => counter.timesMs)) };
}

function isToken(fact: CountedFact): boolean {
  return fact === 'prompt' || fact === 'output';
}

/**
 * From the first sample of the newer cache counter on, the older one repeats it: never both. A
 * server that was upgraded in place tells the older one before.
 */
function withoutRepeatedCache(counters: readonly MergedCounter[]): MergedCounter[] {
  return counters.map((each) => {
    if (each.fact !== 'cacheHits') return each;
    const newer = counters.find(({ fact, rank }) => fact === 'cached' && rank === each.rank);
    if (newer === undefined) return each;
    return { ...each, counter: samplesBefore(each.counter, at(newer.counter.timesMs, 0)) };
  });
}

function requireOneFamily(targets: readonly Target[]): void {
  for (const one of targets) {
    const other = targets.find((each) => each.family !== one.family && overlap(each, one));
    if (other === undefined) continue;
    const [first, second] = [one.spelling, other.spelling].sort();
    throw new Failure('config', `${first}… and ${second}… tell the same facts and both match`, {
      expected: 'one family of names at a time, or every token would count twice',
      hint: "narrow the deployment's usage.match, e.g. by job",
    });
  }
}

/** The token counter that a target lacks, by its full name. */
function missingOf({ counters, spelling }: Target): string | undefined {
  const has = (fact: CountedFact) => counters.some((each) => each.fact === fact);
  if (has('prompt') === has('output')) return undefined;
  return metricName(spelling, has('prompt') ? 'output' : 'prompt');
}

function requireBothTokenCounters(target: Target): void {
  const missing = missingOf(target);
  if (missing === undefined) return;
  const has = target.counters.some(({ fact }) => fact === 'prompt') ? 'prompt' : 'output';
  const present = metricName(target.spelling, has);
  throw new Failure(
    'malformed',
    `${missing} is missing at ${nameOf(target.labels)}, though ${present} is there`,
    {
      expected: missing,
      hint: `let the scrape keep ${missing}; without it half of the tokens would be missing`,
    },
  );
}
