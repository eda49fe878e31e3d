/** The server processes behind an answer's series: each once, however often scraped. */

import { Failure } from '../../domain/failure.ts';
import { chosenOf } from './choices.ts';
import { heightsAgree, type Kin, kinOf, overlap, startsTell } from './copies.ts';
import { type Engine, factName } from './engine.ts';
import { differenceOf, nameOf } from './identity.ts';
import { livesOf } from './lives.ts';
import { during, type MergedCounter, mergeSpeakers } from './merge.ts';
import type { CountedFact } from './record.ts';
import { allInstants, type Labels, type Samples, type Series } from './samples.ts';
import { joinedByScrape } from './scrapes.ts';
import { speakersOf } from './speakers.ts';
import { type Role, type Target, targetsOf } from './targets.ts';

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
  /** When anything of it was scraped. */
  readonly sightsMs: Float64Array;
  readonly role?: Role;
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
 * @throws {Failure} `config` when one process tells the same facts in two name families at once;
 *   `malformed` when a process has only one of the two token counters.
 */
export function processesOf(
  series: readonly Series[],
  starts: readonly Series[],
  engine: Engine,
): ServerProcess[] {
  const found = targetsOf(series, starts, engine);
  const { isLabeled = false } = engine.record;
  const targets = joinedByScrape(found, isLabeled).filter(({ timesMs }) => timesMs.length > 0);
  requireOneFamily(targets);
  return kinOf(targets).flatMap((kin) => processOf(kin, engine));
}

function processOf({ targets, presumed }: Kin, engine: Engine): ServerProcess[] {
  const whole = targets.filter((target) => missingOf(target) === undefined);
  const used = whole.length > 0 ? whole : targets;
  const [first] = used;
  if (first === undefined) return [];
  requireBothTokenCounters(first, engine);
  const speakers = speakersOf(used);
  const { counters, running } = mergeSpeakers(speakers);
  const repeated = speakers.filter(({ repeats }) => repeats).map(({ target }) => target);
  const copied = used.filter((one) => repeated.some((each) => overlap(one, each)));
  const role = used.find((target) => target.role !== undefined)?.role;
  const process = withTimes({
    name: nameOf(first.labels),
    spelling: first.spelling,
    scrapedAs: used.map(({ labels }) => labels),
    counters: chosenOf(counters),
    running,
    presumed,
    ...(role === undefined ? {} : { role }),
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

function withTimes(process: Omit<ServerProcess, 'timesMs' | 'sightsMs'>): ServerProcess {
  const { counters, running } = process;
  const tokens = counters.filter(({ fact }) => isToken(fact));
  const timesMs = allInstants(tokens.map(({ counter }) => counter.timesMs));
  return { ...process, timesMs, sightsMs: allInstants([timesMs, ...running.map(timesIn)]) };
}

function timesIn({ timesMs }: Samples): Float64Array {
  return timesMs;
}

function isToken(fact: CountedFact): boolean {
  return fact === 'prompt' || fact === 'output';
}

/**
 * Two families at the same time are two processes where their starts or heights say so. Where
 * nothing does, they may be one, and every token would count twice.
 */
function requireOneFamily(targets: readonly Target[]): void {
  for (const one of targets) {
    const other = targets.find(
      (each) => each.family !== one.family && overlap(each, one) && mayBeOne(each, one),
    );
    if (other === undefined) continue;
    const [first, second] = [one.spelling, other.spelling].sort();
    throw new Failure('config', `${first}… and ${second}… measure the same and both match`, {
      expected: 'one family of metric names, or every token would count twice',
      hint: "narrow the deployment's usage.match, e.g. by job",
    });
  }
}

function mayBeOne(a: Target, b: Target): boolean {
  const starts = startsTell(a, b);
  if (starts !== undefined) return starts === 'agree';
  return heightsAgree(a, b) !== false;
}

/** The token counter that a target lacks. */
function missingOf({ counters }: Target): 'prompt' | 'output' | undefined {
  const has = (fact: CountedFact) => counters.some((each) => each.fact === fact);
  if (has('prompt') === has('output')) return undefined;
  return has('prompt') ? 'output' : 'prompt';
}

function requireBothTokenCounters(target: Target, engine: Engine): void {
  const lacked = missingOf(target);
  if (lacked === undefined) return;
  const told = lacked === 'prompt' ? 'output' : 'prompt';
  const [missing, present] = ([lacked, told] as const).map((fact) =>
    factName(engine, target.spelling, fact),
  );
  throw new Failure(
    'malformed',
    `${missing} is missing at ${nameOf(target.labels)}, while ${present} is there`,
    {
      expected: missing ?? lacked,
      hint: `keep ${missing} in the scrape; without it half of the tokens would be missing`,
    },
  );
}
