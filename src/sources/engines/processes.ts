/**
 * Finds the server processes behind an answer's series, each once, and the metric to read of each.
 */

import { Failure } from '../../domain/failure.ts';
import {
  compareStarts,
  groupByProcess,
  haveEqualTotals,
  isOverlapping,
  type ProcessCopies,
} from './groupByProcess.ts';
import { type EngineMetrics, metricNameOf } from './engine.ts';
import { describeDifference, toProcessName } from './identity.ts';
import {
  allInstants,
  countUpTo,
  findLives,
  numberAt,
  type Samples,
  type Series,
  type SeriesLabels,
  sliceSamples,
} from './samples.ts';
import { mergeCopies, type MergedCounter, samplesDuring, selectScrapes } from './mergeCopies.ts';
import type { CountedFact } from './record.ts';
import { joinByScrape } from './joinByScrape.ts';
import { type EngineTarget, groupByTarget, type ServerRole } from './targets.ts';
import { MINUTE_MS } from '../../domain/period.ts';

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

/** A counter without samples for longer has stopped. */
const STOPPED_MS = 5 * MINUTE_MS;

const TOKENS: readonly CountedFact[] = ['prompt', 'output'];

/**
 * The metric with the lowest choice provides its fact from its first sample to its last. Other
 * metrics repeat the fact meanwhile, and provide it before and after. A server that is upgraded in
 * place, or downgraded again, therefore counts each token once.
 */
function choosePreferred(counters: readonly MergedCounter[]): MergedCounter[] {
  const usable = withoutIncomplete(counters.filter(({ counter }) => counter.timesMs.length > 0));
  return usable.flatMap((each) => {
    const better = usable.filter(({ fact, choice }) => fact === each.fact && choice < each.choice);
    return better.length === 0 ? [each] : outsideOf(each, better);
  });
}

/** The parts of a counter before and after the better ones. */
function outsideOf(each: MergedCounter, better: readonly MergedCounter[]): MergedCounter[] {
  const { timesMs } = each.counter;
  const times = better.map(({ counter }) => counter.timesMs);
  const firstMs = Math.min(...times.map((column) => numberAt(column, 0)));
  const lastMs = Math.max(...times.map((column) => numberAt(column, column.length - 1)));
  const before = countUpTo(timesMs, firstMs - 1);
  const parts: MergedCounter[] = [{ ...each, counter: sliceSamples(each.counter, 0, before) }];
  if (numberAt(timesMs, timesMs.length - 1) > lastMs + STOPPED_MS) {
    const from = Math.max(0, countUpTo(timesMs, lastMs) - 1);
    const counter = sliceSamples(each.counter, from, timesMs.length);
    parts.push({ ...each, counter, goesOn: true });
  }
  return parts.filter(({ counter }) => counter.timesMs.length > 0);
}

/**
 * Leaves out a better metric in three cases:
 *
 * - It has only one of prompt and output, while another has both.
 * - It lacks cached tokens that another has counted.
 * - It does not attribute its tokens, and another does.
 */
function withoutIncomplete(counters: readonly MergedCounter[]): MergedCounter[] {
  const tokens = counters.filter(({ fact }) => TOKENS.includes(fact));
  const choices = [...new Set(tokens.map(({ choice }) => choice))].sort((a, b) => a - b);
  const countersOf = (choice: number) => counters.filter((each) => each.choice === choice);
  const complete = choices.filter((choice) => hasBoth(countersOf(choice)));
  const [best, ...others] = complete.length > 0 ? complete : choices;
  const rest = others.flatMap(countersOf);
  const bestLacksDetail =
    best !== undefined &&
    ((hasParts(rest) && !hasParts(countersOf(best))) ||
      (hasCounted(rest, 'cached') && !has(countersOf(best), 'cached')));
  const incomplete = choices.filter((choice) => {
    if (complete.length > 0 && !complete.includes(choice)) return true;
    return bestLacksDetail && choice === best;
  });
  if (incomplete.length === 0) return [...counters];
  const metrics = new Set(
    tokens.filter(({ choice }) => incomplete.includes(choice)).map(({ metric }) => metric),
  );
  return counters.filter(({ metric }) => !metrics.has(metric));
}

function hasBoth(counters: readonly MergedCounter[]): boolean {
  return TOKENS.every((fact) => has(counters, fact));
}

function has(counters: readonly MergedCounter[], fact: CountedFact): boolean {
  return counters.some((each) => each.fact === fact);
}

function hasCounted(counters: readonly MergedCounter[], fact: CountedFact): boolean {
  return counters.some(
    ({ fact: counterFact, counter: { values } }) =>
      counterFact === fact && numberAt(values, values.length - 1) > 0,
  );
}

function hasParts(counters: readonly MergedCounter[]): boolean {
  return counters.some(({ fact, part }) => TOKENS.includes(fact) && part !== undefined);
}
