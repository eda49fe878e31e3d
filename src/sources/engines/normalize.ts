/** Knows how the counters of a deployment's processes become its usage rows. */

import type { Located } from '../../domain/provenance.ts';
import type { UsageRow } from '../../domain/usage.ts';
import { countSeries, type FirstValue } from './counters.ts';
import type { CountedFact } from './engine.ts';
import { type Grid, gridOf } from './grid.ts';
import type { MergedCounter } from './merge.ts';
import { notesOf } from './notes.ts';
import { type CountedSeries, presenceOf } from './presence.ts';
import type { ServerProcess } from './processes.ts';
import { at, seenWithin } from './samples.ts';
import { addColumn, addFlags, emptySums, type Reading, type Sums } from './sums.ts';

export interface Usage {
  readonly rows: readonly Located<UsageRow>[];
  readonly warnings: readonly string[];
}

interface Context {
  readonly processes: readonly ServerProcess[];
  readonly reading: Reading;
  readonly grid: Grid;
}

/**
 * One row for each interval in which a replica was seen or tokens are known; none where nothing is.
 * Series are summed last, each one having been counted alone. The prompt is exact in every row;
 * cache hits that are told a scrape before their prompt stand under uncached, with a warning.
 */
export function usageOf(processes: readonly ServerProcess[], reading: Reading): Usage {
  const grid = gridOf(reading.window, reading.intervalMs);
  const context = { processes, reading, grid };
  const sums = emptySums(grid.count);
  const counted = processes.map((process) => {
    const series = countProcess(process, context);
    addProcess(sums, { process, series, grid });
    return { process, series };
  });
  const intervals = Array.from({ length: grid.count }, (_, interval) => interval);
  const rows = intervals
    .filter((interval) => isKnown(sums, interval))
    .map((interval, position) => ({ position, fact: rowOf(sums, interval, reading) }));
  return { rows, warnings: notesOf(counted, sums, reading) };
}

function countProcess(process: ServerProcess, context: Context): CountedSeries[] {
  const { grid, reading } = context;
  return process.counters.map((each) => {
    const firstValue = firstValueOf(each, process, context);
    const counted = countSeries(each.counter, { grid, horizonMs: reading.horizonMs, firstValue });
    return { ...each, counted };
  });
}

/**
 * What a first value is worth that no fresh start explains. A finished reason that is new beside
 * known ones was born in this step: it counts. Where this process (or, its own start being unknown,
 * another one) was scraped just before, the series was not there yet: a plausible value counts.
 * Else it is but an anchor.
 */
function firstValueOf(
  { fact, rank, counter }: MergedCounter,
  process: ServerProcess,
  { processes, reading }: Context,
): FirstValue {
  const firstMs = at(counter.timesMs, 0);
  const before = (timesMs: Float64Array) =>
    seenWithin(timesMs, firstMs - reading.horizonMs, firstMs);
  const siblings = process.counters.filter((each) => each.fact === fact && each.rank === rank);
  if (siblings.some((each) => before(each.counter.timesMs))) return 'count';
  if (before(process.timesMs)) return 'if-plausible';
  const startKnown = !Number.isNaN(at(counter.startsMs ?? [], 0));
  if (startKnown) return 'anchor';
  return processes.some(({ timesMs }) => before(timesMs)) ? 'if-plausible' : 'anchor';
}

const COLUMN: Readonly<Record<CountedFact, 'prompt' | 'output' | 'cached' | 'requests'>> = {
  prompt: 'prompt',
  output: 'output',
  cached: 'cached',
  cacheHits: 'cached',
  requests: 'requests',
};

interface CountedProcess {
  readonly process: ServerProcess;
  readonly series: readonly CountedSeries[];
  readonly grid: Grid;
}

function addProcess(sums: Sums, { process, series, grid }: CountedProcess): void {
  const prompt = new Float64Array(grid.count);
  for (const { fact, counted } of series) {
    addColumn(sums[COLUMN[fact]], counted.added);
    addFlags(sums.estimated, counted.estimated);
    if (fact === 'prompt') addColumn(prompt, counted.added);
  }
  const presence = presenceOf(process, series, grid);
  addColumn(sums.seenMs, presence.seenMs);
  addColumn(sums.busyMs, presence.busyMs);
  addFlags(sums.busyUnknown, presence.busyUnknown);
  addFlags(sums.requestsUnknown, presence.requestsUnknown);
  addFlags(sums.cacheUnknown, withPrompt(presence.cacheUnknown, prompt));
}

/** Without a prompt there is no cached part of it: that is known, and zero. */
function withPrompt(flags: Uint8Array, prompt: Float64Array): Uint8Array {
  return flags.map((flag, interval) => (at(prompt, interval) > 0 ? flag : 0));
}

function isKnown({ seenMs, prompt, output, requests }: Sums, interval: number): boolean {
  return [seenMs, prompt, output, requests].some((column) => at(column, interval) > 0);
}

function rowOf(sums: Sums, interval: number, reading: Reading): UsageRow {
  const startMs = reading.window.startMs + interval * reading.intervalMs;
  const prompt = at(sums.prompt, interval);
  const cached = sums.cacheUnknown[interval] === 1 ? undefined : at(sums.cached, interval);
  const busyKnown = sums.busyUnknown[interval] !== 1 && at(sums.seenMs, interval) > 0;
  return {
    sourceId: reading.sourceId,
    deployment: reading.deployment,
    period: { startMs, endMs: startMs + reading.intervalMs },
    uncachedPromptTokens: Math.max(0, prompt - (cached ?? 0)),
    ...(cached === undefined ? {} : { cachedPromptTokens: Math.min(cached, prompt) }),
    outputTokens: at(sums.output, interval),
    ...(sums.requestsUnknown[interval] === 1 ? {} : { requests: at(sums.requests, interval) }),
    ...(busyKnown ? { busyMs: at(sums.busyMs, interval) } : {}),
    replicaMs: at(sums.seenMs, interval),
    ...(sums.estimated[interval] === 1 ? { estimated: true } : {}),
  };
}
