/** Finds the server processes behind an answer's series, each once, however often it is scraped. */

import { Failure } from '../../domain/failure.ts';
import { choosePreferred } from './preferredMetrics.ts';
import {
  haveEqualTotals,
  type ProcessCopies,
  groupByProcess,
  isOverlapping,
  compareStarts,
} from './groupByProcess.ts';
import { type EngineMetrics, metricNameOf } from './engine.ts';
import { describeDifference, toProcessName } from './identity.ts';
import { allInstants, findLives, type Samples, type Series, type SeriesLabels } from './samples.ts';
import { mergeCopies, type MergedCounter, samplesDuring, selectScrapes } from './mergeCopies.ts';
import type { CountedFact } from './record.ts';
import { joinByScrape } from './joinByScrape.ts';
import { type ServerRole, type EngineTarget, groupByTarget } from './targets.ts';

/** One replica: a process with its data-parallel ranks. */
export interface ServerProcess {
  /** The name for people: its address, else its pod. */
  readonly name: string;
  /** The prefix of its metric names, such as `vllm:`. */
  readonly spelling: string;
  /** Labels of every target that scraped it. */
  readonly scrapedAs: readonly SeriesLabels[];
  /** When any of its token counters was scraped. */
  readonly timesMs: Float64Array;
  /** When any of its series was scraped. */
  readonly seenMs: Float64Array;
  readonly role?: ServerRole;
  readonly counters: readonly MergedCounter[];
  /** Running requests, one gauge per rank. */
  readonly running: readonly Samples[];
  /** The labels in which its copies differ, if it was scraped twice at the same time. */
  readonly copies?: string;
  /** Whether only the token totals show that the copies are one process. */
  readonly presumed: boolean;
  /** The number of processes that respond here in turn, if more than one. */
  readonly sharedBy?: number;
}

/**
 * Groups series by process. `starts` are `process_start_time_seconds` from a separate query.
 * Targets without a token counter say nothing about usage.
 * @throws {Failure} `config` if one process has the same facts in two metric families at once;
 *   `malformed` if a process has only one of the two token counters.
 */
export function findProcesses(
  series: readonly Series[],
  starts: readonly Series[],
  engine: EngineMetrics,
): ServerProcess[] {
  const found = groupByTarget(series, starts, engine);
  const { isLabeled = false } = engine.record;
  const targets = joinByScrape(found, isLabeled).filter(({ timesMs }) => timesMs.length > 0);
  requireOneFamily(targets);
  return groupByProcess(targets).flatMap((kin) => toProcesses(kin, engine));
}

function toProcesses({ targets, presumed }: ProcessCopies, engine: EngineMetrics): ServerProcess[] {
  const complete = targets.filter((target) => missingCounter(target) === undefined);
  const used = complete.length > 0 ? complete : targets;
  const [first] = used;
  if (first === undefined) return [];
  requireBothTokenCounters(first, engine);
  const copyScrapes = selectScrapes(used);
  const { counters, running } = mergeCopies(copyScrapes);
  const repeated = copyScrapes.filter(({ isRepeat }) => isRepeat).map(({ target }) => target);
  const overlapping = used.filter((one) => repeated.some((each) => isOverlapping(one, each)));
  const role = used.find((target) => target.role !== undefined)?.role;
  const process = withTimes({
    name: toProcessName(first.labels),
    spelling: first.spelling,
    scrapedAs: used.map(({ labels }) => labels),
    counters: choosePreferred(counters),
    running,
    presumed,
    ...(role === undefined ? {} : { role }),
    ...(overlapping.length === 0 ? {} : { copies: describeDifference(overlapping) }),
  });
  const [tokenCounter] = counters.filter(({ fact }) => isToken(fact));
  const lives = tokenCounter === undefined ? [] : findLives(tokenCounter.counter);
  if (lives.length === 0) return [process];
  return lives.map((life) =>
    withTimes({
      ...process,
      counters: process.counters.map((each) => {
        return { ...each, counter: samplesDuring(each.counter, life) };
      }),
      running: running.map((gauge) => samplesDuring(gauge, life)),
      sharedBy: lives.length,
    }),
  );
}

function withTimes(process: Omit<ServerProcess, 'timesMs' | 'seenMs'>): ServerProcess {
  const { counters, running } = process;
  const tokens = counters.filter(({ fact }) => isToken(fact));
  const timesMs = allInstants(tokens.map(({ counter }) => counter.timesMs));
  return { ...process, timesMs, seenMs: allInstants([timesMs, ...running.map(timesOf)]) };
}

function timesOf({ timesMs }: Samples): Float64Array {
  return timesMs;
}

function isToken(fact: CountedFact): boolean {
  return fact === 'prompt' || fact === 'output';
}

/**
 * Two simultaneous families are two processes if their starts or token totals show it. Otherwise
 * they may be one, and every token would count twice.
 * @throws {Failure} `config`
 */
function requireOneFamily(targets: readonly EngineTarget[]): void {
  for (const one of targets) {
    const other = targets.find(
      (each) =>
        each.family !== one.family && isOverlapping(each, one) && maybeSameProcess(each, one),
    );
    if (other === undefined) continue;
    const [first, second] = [one.spelling, other.spelling].sort();
    throw new Failure('config', `${first}… and ${second}… measure the same and both match`, {
      expected: 'one family of metric names, or every token would count twice',
      hint: "narrow the deployment's usage.match, e.g. by job",
    });
  }
}

function maybeSameProcess(a: EngineTarget, b: EngineTarget): boolean {
  const starts = compareStarts(a, b);
  if (starts !== undefined) return starts === 'agree';
  return haveEqualTotals(a, b) !== false;
}

/** The token counter that a target lacks; `undefined` if it has both or neither. */
function missingCounter({ counters }: EngineTarget): 'prompt' | 'output' | undefined {
  const has = (fact: CountedFact) => counters.some((each) => each.fact === fact);
  if (has('prompt') === has('output')) return undefined;
  return has('prompt') ? 'output' : 'prompt';
}

function requireBothTokenCounters(target: EngineTarget, engine: EngineMetrics): void {
  const missingFact = missingCounter(target);
  if (missingFact === undefined) return;
  const presentFact = missingFact === 'prompt' ? 'output' : 'prompt';
  const [missing, present] = ([missingFact, presentFact] as const).map((fact) =>
    metricNameOf(engine, target.spelling, fact),
  );
  throw new Failure(
    'malformed',
    `${missing} is missing at ${toProcessName(target.labels)}, while ${present} is there`,
    {
      expected: missing ?? missingFact,
      hint: `keep ${missing} in the scrape; without it half of the tokens would be missing`,
    },
  );
}
