/** Computes usage rows, their parts and their warnings from the counters of processes. */

import type { Located } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { UsagePart } from '../../domain/usageFacts.ts';
import { countSeries, type FirstValue } from './counters.ts';
import {
  addColumn,
  addFlags,
  addToPart,
  computeParts,
  emptySums,
  type Grid,
  type PartSums,
  toGrid,
  type UsageReading,
  type UsageSums,
} from './grid.ts';
import type { MergedCounter } from './mergeCopies.ts';
import { createNotes } from './notes.ts';
import {
  computePresence,
  type CountedProcess,
  type CountedSeries,
  type Presence,
} from './presence.ts';
import type { ServerProcess } from './processes.ts';
import type { CountedFact } from './record.ts';
import { findShares, type ProcessShare } from './roles.ts';
import { hasInstant, hasSampleWithin, numberAt } from './samples.ts';
import type { EngineMetrics } from './engine.ts';
import { toHostKey } from './identity.ts';
import { findPods } from './twins.ts';

export interface EngineUsage {
  readonly rows: readonly Located<UsageRow>[];
  readonly parts: readonly Located<UsagePart>[];
  readonly warnings: readonly PullWarning[];
}

interface Context {
  readonly processes: readonly ServerProcess[];
  readonly reading: UsageReading;
  readonly grid: Grid;
}

/**
 * One row per interval in which a replica was seen or tokens are known. Series are summed last,
 * after each was counted alone. The prompt is exact in every row. Cache hits that are reported a
 * scrape before their prompt count as uncached, with a warning. If the config names labels for
 * parts, they are computed for each whole hour of the window.
 */
export function computeUsage(
  processes: readonly ServerProcess[],
  reading: UsageReading,
): EngineUsage {
  const grid = toGrid(reading.window, reading.intervalMs);
  const context = { processes, reading, grid };
  const sums = emptySums(grid.count);
  const parts: PartSums = new Map();
  const counted = processes.map((process) => {
    return { process, series: countProcess(process, context) };
  });
  const shares = findShares(counted, reading.engine);
  const prompts = counted.map((each, index) =>
    addProcess({ sums, parts, grid }, each, shares.shares[index] ?? 'whole'),
  );
  for (const models of groupByHost(processes, reading.engine)) {
    const presence = computePresence(
      models.flatMap((index) => counted[index] ?? []),
      grid,
    );
    const contributions = models.map((index) => ({
      share: shares.shares[index],
      prompt: prompts[index],
    }));
    addPresence(sums, presence, contributions);
  }
  const intervals = Array.from({ length: grid.count }, (_, interval) => interval);
  const rows = intervals
    .filter((interval) => hasUsage(sums, interval))
    .map((interval, position) => ({ position, fact: toRow(sums, interval, reading) }));
  const partFacts = computeParts(
    parts,
    { sums, rows: rows.map(({ fact }) => fact), grid },
    reading,
  );
  const warnings = createNotes({ counted, sums, reading }, shares.note);
  return { rows, parts: partFacts.map((fact, position) => ({ position, fact })), warnings };
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
 * How a first value without a new start is counted. If other series of the metric already existed,
 * the series is new, such as a finish reason that occurs for the first time: it counts. If the
 * process was scraped just before, the series did not exist yet: a plausible value counts. Without
 * a start time, a scrape of another process is enough. Otherwise the value is only an anchor.
 */
function firstValueOf(
  { fact, metric, rank, counter, goesOn }: MergedCounter,
  process: ServerProcess,
  { processes, reading }: Context,
): FirstValue {
  if (goesOn === true) return 'known';
  const firstMs = numberAt(counter.timesMs, 0);
  const wasSeen = (timesMs: Float64Array) =>
    hasSampleWithin(timesMs, firstMs - reading.horizonMs, firstMs);
  const siblings = process.counters.filter((each) => {
    return each.fact === fact && each.metric === metric && each.rank === rank;
  });
  if (siblings.some((each) => wasSeen(each.counter.timesMs))) return 'count';
  if (wasSeen(process.seenMs)) return 'if-plausible';
  const isStartKnown = !Number.isNaN(numberAt(counter.startsMs ?? [], 0));
  if (isStartKnown) return 'anchor';
  return processes.some(({ timesMs }) => wasSeen(timesMs)) ? 'if-plausible' : 'anchor';
}

type Column = 'prompt' | 'output' | 'cached' | 'requests';

/** The columns that a fact counts in, by the process's share. */
function columnsOf(fact: CountedFact, share: ProcessShare): readonly (readonly [Column, 1 | -1])[] {
  if (fact === 'transferred') {
    return share === 'without-transferred'
      ? [
          ['prompt', -1],
          ['cached', -1],
        ]
      : [];
  }
  if (fact === 'failed' || fact === 'busy') return [];
  const isOfPrompt = fact === 'prompt' || fact === 'cached';
  if (share === 'prompt' && !isOfPrompt) return [];
  return share === 'output' && isOfPrompt ? [] : [[fact, 1]];
}

interface Totals {
  readonly sums: UsageSums;
  readonly parts: PartSums;
  readonly grid: Grid;
}

function addProcess(
  { sums, parts, grid }: Totals,
  { series }: CountedProcess,
  share: ProcessShare,
): Float64Array {
  const prompt = new Float64Array(grid.count);
  for (const { fact, part, counted } of series) {
    for (const [column, sign] of columnsOf(fact, share)) {
      const added = sign === 1 ? counted.added : counted.added.map((value) => -value);
      addColumn(sums[column], added);
      if (column === 'prompt') addColumn(prompt, added);
      if (part !== undefined) addToPart(parts, part, { column, added });
    }
    if (fact !== 'busy') addFlags(sums.estimated, counted.estimated);
  }
  return prompt;
}

/** The contribution of one model. */
interface Contribution {
  readonly share: ProcessShare | undefined;
  readonly prompt: Float64Array | undefined;
}

/** Adds the time of a process, and flags what its models do not report. */
function addPresence(sums: UsageSums, presence: Presence, models: readonly Contribution[]): void {
  addColumn(sums.seenMs, presence.seenMs);
  addColumn(sums.countedMs, presence.countedMs);
  addColumn(sums.busyMs, presence.busyMs);
  addFlags(sums.busyUnknown, presence.busyUnknown);
  for (const [index, { requestsUnknown, cacheUnknown }] of presence.missing.entries()) {
    const { share, prompt = new Float64Array(0) } = models[index] ?? {};
    if (share !== 'prompt') addFlags(sums.requestsUnknown, requestsUnknown);
    addFlags(sums.cacheUnknown, withPrompt(cacheUnknown, prompt));
  }
}

/** Clears the flag in intervals without a prompt, whose cached part is known to be zero. */
function withPrompt(flags: Uint8Array, prompt: Float64Array): Uint8Array {
  return flags.map((flag, interval) => (numberAt(prompt, interval) > 0 ? flag : 0));
}

function hasUsage({ seenMs, prompt, output, requests }: UsageSums, interval: number): boolean {
  return [seenMs, prompt, output, requests].some((column) => numberAt(column, interval) > 0);
}

function toRow(sums: UsageSums, interval: number, reading: UsageReading): UsageRow {
  const startMs = reading.window.startMs + interval * reading.intervalMs;
  const prompt = Math.max(0, numberAt(sums.prompt, interval));
  const hits = Math.max(0, numberAt(sums.cached, interval));
  const cached = sums.cacheUnknown[interval] === 1 ? undefined : hits;
  const isReplica = reading.engine.record.isFrontend !== true;
  const countedMs = numberAt(sums.countedMs, interval);
  const isSeen = isReplica && countedMs === numberAt(sums.seenMs, interval);
  const isBusyKnown =
    isReplica && sums.busyUnknown[interval] !== 1 && numberAt(sums.seenMs, interval) > 0;
  return {
    sourceId: reading.sourceId,
    deployment: reading.deployment,
    period: { startMs, endMs: startMs + reading.intervalMs },
    uncachedPromptTokens: Math.max(0, prompt - (cached ?? 0)),
    ...(cached === undefined ? {} : { cachedPromptTokens: Math.min(cached, prompt) }),
    outputTokens: numberAt(sums.output, interval),
    ...(sums.requestsUnknown[interval] === 1
      ? {}
      : { requests: numberAt(sums.requests, interval) }),
    ...(isBusyKnown ? { busyMs: numberAt(sums.busyMs, interval) } : {}),
    ...(isReplica ? { replicaMs: numberAt(sums.seenMs, interval) } : {}),
    ...(isSeen ? {} : { countedMs }),
    ...(sums.estimated[interval] === 1 ? { estimated: true } : {}),
  };
}

/**
 * The indexes of the entries of each process, in order. Two models at one address belong to one
 * process if the same scrapes contain both. Servers whose address label is only that of their
 * machine are scraped at different times. Two pods are never one process, and neither are two
 * entries of one model.
 */
function groupByHost(processes: readonly ServerProcess[], { record }: EngineMetrics): number[][] {
  const hosts: number[][] = [];
  const byKey = new Map<string, Set<number[]>>();
  for (const [index, process] of processes.entries()) {
    const keys = new Set(process.scrapedAs.map((labels) => toHostKey(labels, record.modelLabel)));
    const candidates = [...keys].flatMap((key) => [...(byKey.get(key) ?? [])]);
    const model = modelOf(process, record.modelLabel);
    const found = candidates.find((host) =>
      host.every((member) => {
        const other = processes[member] ?? process;
        return modelOf(other, record.modelLabel) !== model && isSameHost(other, process);
      }),
    );
    const host = found ?? [];
    if (found === undefined) hosts.push(host);
    host.push(index);
    for (const key of keys) byKey.set(key, (byKey.get(key) ?? new Set()).add(host));
  }
  return hosts;
}

function modelOf({ scrapedAs }: ServerProcess, modelLabel = 'model_name'): string | undefined {
  return scrapedAs[0]?.[modelLabel];
}

function isSameHost(a: ServerProcess, b: ServerProcess): boolean {
  const [pods, others] = [findPods(a), findPods(b)];
  const inOtherPods = pods.size > 0 && others.size > 0 && pods.isDisjointFrom(others);
  return !inOtherPods && scrapedTogether(a.timesMs, b.timesMs);
}

/** Whether the two share most scrapes of the less often scraped one, while both were seen. */
function scrapedTogether(a: Float64Array, b: Float64Array): boolean {
  const fromMs = Math.max(numberAt(a, 0), numberAt(b, 0));
  const toMs = Math.min(numberAt(a, a.length - 1), numberAt(b, b.length - 1));
  const [one, other] = [a, b].map((times) =>
    times.filter((atMs) => atMs >= fromMs && atMs <= toMs),
  );
  if (one === undefined || other === undefined) return false;
  const shared = one.filter((atMs) => hasInstant(other, atMs)).length;
  return shared > 0 && shared * 2 >= Math.min(one.length, other.length);
}
