/** The grid of intervals for usage, the columns that are summed over it, and an hour's parts. */

import { apportion } from '../../domain/apportion.ts';
import { HOUR_MS, type Period } from '../../domain/period.ts';
import type { UsageRow } from '../../domain/usage.ts';
import type { UsagePart } from '../../domain/usageFacts.ts';
import { decodePart } from './attribution.ts';
import type { EngineMetrics } from './engine.ts';
import { numberAt } from './samples.ts';

/** `count` intervals of `intervalMs`, starting at `startMs`. */
export interface Grid {
  readonly startMs: number;
  readonly intervalMs: number;
  readonly count: number;
}

export function toGrid(span: Period, intervalMs: number): Grid {
  return {
    startMs: span.startMs,
    intervalMs,
    count: Math.ceil((span.endMs - span.startMs) / intervalMs),
  };
}

/**
 * The interval of a sample: `(start, end]`. A sample on a boundary ends the earlier interval and is
 * the anchor of the next. Outside the grid, the result is negative or at least `count`.
 */
export function findInterval(grid: Grid, instantMs: number): number {
  return Math.ceil((instantMs - grid.startMs) / grid.intervalMs) - 1;
}

/** An amount that was added in `(fromMs, toMs]`. */
export interface AddedAmount {
  readonly fromMs: number;
  readonly toMs: number;
  readonly amount: number;
}

/** One interval's share of an amount. */
export interface IntervalShare {
  readonly interval: number;
  readonly amount: number;
}

/**
 * Divides an amount over all intervals that it covers, in proportion to time. The shares sum to the
 * amount: 10 over three whole intervals gives 4, 3, 3.
 */
export function spreadOverIntervals(grid: Grid, stretch: AddedAmount): IntervalShare[] {
  const overlaps = intervalOverlaps(grid, stretch.fromMs, stretch.toMs);
  const parts = apportion(
    BigInt(stretch.amount),
    overlaps.map((overlap) => BigInt(overlap.amount)),
  );
  return overlaps.map(({ interval }, index) => ({ interval, amount: Number(parts[index] ?? 0n) }));
}

/** The ms of `(fromMs, toMs]` in each interval, including intervals outside the grid. */
export function intervalOverlaps(grid: Grid, fromMs: number, toMs: number): IntervalShare[] {
  const overlaps: IntervalShare[] = [];
  const last = findInterval(grid, toMs);
  const first = Math.floor((fromMs - grid.startMs) / grid.intervalMs);
  for (let interval = first; interval <= last; interval += 1) {
    const startMs = grid.startMs + interval * grid.intervalMs;
    const amount = Math.min(toMs, startMs + grid.intervalMs) - Math.max(fromMs, startMs);
    overlaps.push({ interval, amount });
  }
  return overlaps;
}

/** What is being read. */
export interface UsageReading {
  readonly sourceId: string;
  readonly deployment: string;
  /** The rows' window in whole intervals. Samples extend beyond it by the horizon on both sides. */
  readonly window: Period;
  readonly intervalMs: number;
  readonly horizonMs: number;
  readonly engine: EngineMetrics;
}

/** One value per interval. Flags are 1 if they apply. */
export interface UsageSums {
  readonly prompt: Float64Array;
  readonly output: Float64Array;
  readonly cached: Float64Array;
  readonly requests: Float64Array;
  readonly seenMs: Float64Array;
  readonly countedMs: Float64Array;
  readonly busyMs: Float64Array;
  readonly estimated: Uint8Array;
  readonly cacheUnknown: Uint8Array;
  readonly requestsUnknown: Uint8Array;
  readonly busyUnknown: Uint8Array;
}

export function emptySums(count: number): UsageSums {
  const column = () => new Float64Array(count);
  const flags = () => new Uint8Array(count);
  return {
    prompt: column(),
    output: column(),
    cached: column(),
    requests: column(),
    seenMs: column(),
    countedMs: column(),
    busyMs: column(),
    estimated: flags(),
    cacheUnknown: flags(),
    requestsUnknown: flags(),
    busyUnknown: flags(),
  };
}

export function addColumn(into: Float64Array, column: Float64Array): void {
  for (let index = 0; index < into.length; index += 1) {
    into[index] = numberAt(into, index) + numberAt(column, index);
  }
}

export function addFlags(into: Uint8Array, flags: Uint8Array): void {
  for (let index = 0; index < into.length; index += 1) {
    into[index] = numberAt(into, index) | numberAt(flags, index);
  }
}

type Column = 'prompt' | 'output' | 'cached' | 'requests';

/** The amount added in each interval, by part. A column without a counter is absent. */
export type PartSums = Map<string, Partial<Record<Column, Float64Array>>>;

export function addToPart(
  parts: PartSums,
  part: string,
  { column, added }: { readonly column: Column; readonly added: Float64Array },
): void {
  const sums = parts.get(part) ?? {};
  parts.set(part, sums);
  const into = sums[column] ?? new Float64Array(added.length);
  sums[column] = into;
  addColumn(into, added);
}

interface UsageTotals {
  readonly sums: UsageSums;
  readonly rows: readonly UsageRow[];
  readonly grid: Grid;
}

interface HourPart {
  readonly part: string;
  readonly prompt: number;
  readonly output: number;
  cached: number | undefined;
  readonly requests: number | undefined;
}

/**
 * The parts of each whole hour of the window. In every hour and token class, they sum to at most
 * the rows. If the rows of an hour lack some cached tokens, so do its parts.
 */
export function computeParts(
  parts: PartSums,
  whole: UsageTotals,
  reading: UsageReading,
): UsagePart[] {
  if (parts.size === 0) return [];
  const { sourceId, deployment, window } = reading;
  const facts: UsagePart[] = [];
  const firstMs = Math.ceil(window.startMs / HOUR_MS) * HOUR_MS;
  for (let startMs = firstMs; startMs + HOUR_MS <= window.endMs; startMs += HOUR_MS) {
    const period = { startMs, endMs: startMs + HOUR_MS };
    for (const { part, prompt, output, cached, requests } of hourParts(startMs, parts, whole)) {
      facts.push({
        sourceId,
        deployment,
        period,
        ...decodePart(part),
        uncachedPromptTokens: prompt - (cached ?? 0),
        ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
        outputTokens: output,
        ...(requests === undefined ? {} : { requests }),
      });
    }
  }
  return facts;
}

function hourParts(
  startMs: number,
  parts: PartSums,
  { sums, rows, grid }: UsageTotals,
): HourPart[] {
  const from = (startMs - grid.startMs) / grid.intervalMs;
  const to = from + HOUR_MS / grid.intervalMs;
  const sumOf = (column: Float64Array) => {
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += numberAt(column, index);
    return Math.max(0, sum);
  };
  const hasFlag = (flags: Uint8Array) => flags.subarray(from, to).includes(1);
  const [cacheUnknown, requestsUnknown] = [
    hasFlag(sums.cacheUnknown),
    hasFlag(sums.requestsUnknown),
  ];
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  const hourly = sorted.map(([part, { prompt, output, cached, requests }]): HourPart => {
    const total = prompt === undefined ? 0 : sumOf(prompt);
    const hits = cached === undefined || cacheUnknown ? undefined : Math.min(total, sumOf(cached));
    return {
      part,
      prompt: total,
      output: output === undefined ? 0 : sumOf(output),
      cached: hits,
      requests: requests === undefined || requestsUnknown ? undefined : sumOf(requests),
    };
  });
  const served = hourly.filter(
    ({ prompt, output, requests = 0 }) => prompt + output + requests > 0,
  );
  const hourRows = rows.filter(({ period }) => {
    return period.startMs >= startMs && period.startMs < startMs + HOUR_MS;
  });
  if (served.every(({ cached }) => cached !== undefined)) fitToRows(served, hourRows);
  return served;
}

/**
 * Adjusts cached tokens of parts to the rows. Cache hits are sometimes reported a scrape before
 * their prompt and then count as uncached in the rows. The difference moves between cached and
 * uncached.
 */
function fitToRows(parts: readonly HourPart[], rows: readonly UsageRow[]): void {
  const sum = (valueOf: (row: UsageRow) => number) =>
    rows.reduce((total, row) => total + valueOf(row), 0);
  const cached = sum(({ cachedPromptTokens = 0 }) => cachedPromptTokens);
  const uncached = sum(({ uncachedPromptTokens }) => uncachedPromptTokens);
  const cachedSum = () => parts.reduce((total, each) => total + (each.cached ?? 0), 0);
  const prompt = parts.reduce((total, each) => total + each.prompt, 0);
  let excess = cachedSum() - cached;
  for (const each of parts) {
    if (excess <= 0) break;
    const moved = Math.min(excess, each.cached ?? 0);
    each.cached = (each.cached ?? 0) - moved;
    excess -= moved;
  }
  let lack = prompt - cachedSum() - uncached;
  for (const each of parts) {
    if (lack <= 0) break;
    const moved = Math.min(lack, each.prompt - (each.cached ?? 0));
    each.cached = (each.cached ?? 0) + moved;
    lack -= moved;
  }
}
