/** Makes usage rows, their parts and what is to be said of the counters of processes. */

import type { Located } from '../../domain/provenance.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { UsagePart } from '../../domain/usageFacts.ts';
import { countSeries, type FirstValue } from './counters.ts';
import { type Grid, gridOf } from './grid.ts';
import type { MergedCounter } from './merge.ts';
import { notesOf } from './notes.ts';
import { addToPart, type PartSums, partsOf } from './parts.ts';
import { hostsOf } from './hosts.ts';
import { type CountedProcess, type CountedSeries, type Presence, presenceOf } from './presence.ts';
import type { ServerProcess } from './processes.ts';
import type { CountedFact } from './record.ts';
import { type Share, sharesOf } from './roles.ts';
import { at, seenWithin } from './samples.ts';
import { addColumn, addFlags, emptySums, type Reading, type Sums } from './sums.ts';

export interface Usage {
  readonly rows: readonly Located<UsageRow>[];
  readonly parts: readonly Located<UsagePart>[];
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
 * cache hits that are told a scrape before their prompt stand under uncached, with a warning. Parts
 * are told for each whole hour of the window, where the config names labels for them.
 */
export function usageOf(processes: readonly ServerProcess[], reading: Reading): Usage {
  const grid = gridOf(reading.window, reading.intervalMs);
  const context = { processes, reading, grid };
  const sums = emptySums(grid.count);
  const parts: PartSums = new Map();
  const counted = processes.map((process) => {
    return { process, series: countProcess(process, context) };
  });
  const shares = sharesOf(counted, reading.engine);
  const prompts = counted.map((each, index) =>
    addProcess({ sums, parts, grid }, each, shares.of[index] ?? 'whole'),
  );
  for (const models of hostsOf(processes, reading.engine)) {
    const presence = presenceOf(
      models.flatMap((index) => counted[index] ?? []),
      grid,
    );
    const told = models.map((index) => ({ share: shares.of[index], prompt: prompts[index] }));
    addPresence(sums, presence, told);
  }
  const intervals = Array.from({ length: grid.count }, (_, interval) => interval);
  const rows = intervals
    .filter((interval) => isKnown(sums, interval))
    .map((interval, position) => ({ position, fact: rowOf(sums, interval, reading) }));
  const told = partsOf(parts, { sums, rows: rows.map(({ fact }) => fact), grid }, reading);
  const warnings = notesOf({ counted, sums, reading }, shares.note);
  return { rows, parts: told.map((fact, position) => ({ position, fact })), warnings };
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
  { fact, metric, rank, counter, goesOn }: MergedCounter,
  process: ServerProcess,
  { processes, reading }: Context,
): FirstValue {
  if (goesOn === true) return 'known';
  const firstMs = at(counter.timesMs, 0);
  const before = (timesMs: Float64Array) =>
    seenWithin(timesMs, firstMs - reading.horizonMs, firstMs);
  const siblings = process.counters.filter((each) => {
    return each.fact === fact && each.metric === metric && each.rank === rank;
  });
  if (siblings.some((each) => before(each.counter.timesMs))) return 'count';
  if (before(process.sightsMs)) return 'if-plausible';
  const startKnown = !Number.isNaN(at(counter.startsMs ?? [], 0));
  if (startKnown) return 'anchor';
  return processes.some(({ timesMs }) => before(timesMs)) ? 'if-plausible' : 'anchor';
}

type Column = 'prompt' | 'output' | 'cached' | 'requests';

/** Into which columns a fact of a process with this share goes. */
function columnsOf(fact: CountedFact, share: Share): readonly (readonly [Column, 1 | -1])[] {
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

interface Adding {
  readonly sums: Sums;
  readonly parts: PartSums;
  readonly grid: Grid;
}

function addProcess(
  { sums, parts, grid }: Adding,
  { series }: CountedProcess,
  share: Share,
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

/** What was added of one model. */
interface Added {
  readonly share: Share | undefined;
  readonly prompt: Float64Array | undefined;
}

/** The time of a process, and what its models do not tell. */
function addPresence(sums: Sums, presence: Presence, models: readonly Added[]): void {
  addColumn(sums.seenMs, presence.seenMs);
  addColumn(sums.countedMs, presence.countedMs);
  addColumn(sums.busyMs, presence.busyMs);
  addFlags(sums.busyUnknown, presence.busyUnknown);
  for (const [index, { requestsUnknown, cacheUnknown }] of presence.lacks.entries()) {
    const { share, prompt = new Float64Array(0) } = models[index] ?? {};
    if (share !== 'prompt') addFlags(sums.requestsUnknown, requestsUnknown);
    addFlags(sums.cacheUnknown, withPrompt(cacheUnknown, prompt));
  }
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
  const prompt = Math.max(0, at(sums.prompt, interval));
  const told = Math.max(0, at(sums.cached, interval));
  const cached = sums.cacheUnknown[interval] === 1 ? undefined : told;
  const isReplica = reading.engine.record.isFrontend !== true;
  const countedMs = at(sums.countedMs, interval);
  const isSeen = isReplica && countedMs === at(sums.seenMs, interval);
  const busyKnown = isReplica && sums.busyUnknown[interval] !== 1 && at(sums.seenMs, interval) > 0;
  return {
    sourceId: reading.sourceId,
    deployment: reading.deployment,
    period: { startMs, endMs: startMs + reading.intervalMs },
    uncachedPromptTokens: Math.max(0, prompt - (cached ?? 0)),
    ...(cached === undefined ? {} : { cachedPromptTokens: Math.min(cached, prompt) }),
    outputTokens: at(sums.output, interval),
    ...(sums.requestsUnknown[interval] === 1 ? {} : { requests: at(sums.requests, interval) }),
    ...(busyKnown ? { busyMs: at(sums.busyMs, interval) } : {}),
    ...(isReplica ? { replicaMs: at(sums.seenMs, interval) } : {}),
    ...(isSeen ? {} : { countedMs }),
    ...(sums.estimated[interval] === 1 ? { estimated: true } : {}),
  };
}
