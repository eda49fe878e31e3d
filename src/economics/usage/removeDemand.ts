/**
 * Removes tokens that served no user from usage, and separates tokens that may wait, by known
 * parts.
 */

import { apportion } from '../../domain/apportion.ts';
import { firstWhere } from '../../domain/search.ts';
import { emptySeries, packedSeries, rowsWhere, type UsageSeries } from '../../domain/usage.ts';
import type { Demand, UsagePart } from '../../domain/usageFacts.ts';
import { addAt } from '../columns.ts';

/** Tokens by demand, one column each, for the rows of a series. */
export type DemandColumns = Readonly<Record<Demand, Float64Array>>;

export interface RemovedDemand {
  /** Usage without benchmark and keep-warm tokens; the same series if there are none. */
  readonly series: UsageSeries;
  /** The part of its rows that may wait; absent if unknown. */
  readonly batch?: UsageSeries;
  /** Tokens with known demand, row by row; the remainder is unknown. */
  readonly tokens: DemandColumns;
  /** Number of spans whose parts exceed their rows; nothing was removed from them. */
  readonly misfits: number;
}

/** Demand that serves no user and must not influence a verdict. */
const REMOVED: readonly Demand[] = ['benchmark', 'keep-warm'];
/** Removed demand comes first, so the remainder fits into what is left. */
const ORDER: readonly Demand[] = ['benchmark', 'keep-warm', 'batch', 'user'];

/**
 * Separates the rows of one source by its parts. If parts are hourly and rows are shorter, each row
 * contributes its share of each token class in whole tokens: of 90 and 10 tokens, a part of 50
 * takes 45 and 5. Such a row then counts as an estimate and is not used for capacity.
 */
export function removeDemand(series: UsageSeries, parts: readonly UsagePart[]): RemovedDemand {
  const withDemand = parts.filter(({ demand }) => demand !== undefined);
  const tokens = emptyColumns(series.length);
  const left = openCopy(series);
  const served = openCopy(series);
  const batch = zeros(series);
  let [misfits, isCut, hasBatch] = [0, false, false];
  for (const { rows, parts: ofSpan } of spansOf(series, withDemand)) {
    if (!fitsRows(left, rows, ofSpan)) {
      misfits += 1;
      continue;
    }
    for (const demand of ORDER) {
      const sums = sumOf(ofSpan.filter((part) => part.demand === demand));
      if (sums === undefined) continue;
      const taken = take(left, rows, sums);
      const cut = REMOVED.includes(demand);
      for (const [at, row] of rows.entries()) {
        const own = taken.map((column) => column[at] ?? 0) as unknown as Classes;
        addAt(tokens[demand], row, own[0] + own[1] + own[2]);
        if (cut) cutRow(served, row, { own, isShared: rows.length > 1, requests: sums.requests });
        if (demand === 'batch') fillRow(batch, row, { own, requests: sums.requests });
      }
      isCut ||= cut;
      hasBatch ||= demand === 'batch';
    }
  }
  const batchRows = hasBatch ? packedSeries(batch, batch.length) : undefined;
  return {
    series: isCut ? packedSeries(served, served.length) : series,
    ...(batchRows === undefined
      ? {}
      : { batch: rowsWhere(batchRows, (row) => hasTokens(batchRows, row)) }),
    tokens,
    misfits,
  };
}

/** Columns without tokens. */
export function emptyColumns(length: number): Record<Demand, Float64Array> {
  const column = () => new Float64Array(length);
  return { user: column(), batch: column(), benchmark: column(), 'keep-warm': column() };
}

/** Uncached, cached and output tokens, and requests. */
type Classes = readonly [uncached: number, cached: number, output: number, requests: number];

interface Sums {
  readonly prompt: number;
  /** Absent if a part does not state it. */
  readonly cached?: number;
  readonly output: number;
  readonly requests?: number;
}

function sumOf(parts: readonly UsagePart[]): Sums | undefined {
  if (parts.length === 0) return undefined;
  const sum = (of: (part: UsagePart) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  const hasCached = parts.every(({ cachedPromptTokens }) => cachedPromptTokens !== undefined);
  const hasRequests = parts.every(({ requests }) => requests !== undefined);
  return {
    prompt: sum((part) => part.uncachedPromptTokens + (part.cachedPromptTokens ?? 0)),
    output: sum(({ outputTokens }) => outputTokens),
    ...(hasCached ? { cached: sum(({ cachedPromptTokens }) => cachedPromptTokens ?? 0) } : {}),
    ...(hasRequests ? { requests: sum(({ requests }) => requests ?? 0) } : {}),
  };
}

interface Span {
  readonly parts: readonly UsagePart[];
  /** Rows that start in it. */
  readonly rows: readonly number[];
}

/** Spans with their rows; if two overlap, the first has the rows. */
function spansOf(series: UsageSeries, parts: readonly UsagePart[]): Span[] {
  const bySpan = Map.groupBy(parts, ({ period }) => `${period.startMs} ${period.endMs}`);
  const spans = [...bySpan.values()].sort(
    ([a], [b]) => (a?.period.startMs ?? 0) - (b?.period.startMs ?? 0),
  );
  let freeFrom = 0;
  return spans.map((of) => {
    const { startMs, endMs } = (of[0] as UsagePart).period;
    const from = Math.max(
      freeFrom,
      firstWhere(series.startMs, (at) => at >= startMs),
    );
    const to = Math.max(
      from,
      firstWhere(series.startMs, (at) => at >= endMs),
    );
    freeFrom = to;
    return { parts: of, rows: Array.from({ length: to - from }, (_, at) => from + at) };
  });
}

/** The rows may have been restated since. */
function fitsRows(series: OpenCopy, rows: readonly number[], parts: readonly UsagePart[]): boolean {
  const { prompt, output } = sumOf(parts) ?? { prompt: 0, output: 0 };
  const whole = (column: Float64Array) => rows.reduce((sum, row) => sum + known(column[row]), 0);
  return (
    prompt <= whole(series.uncachedPromptTokens) + whole(series.cachedPromptTokens) &&
    output <= whole(series.outputTokens)
  );
}

type OpenCopy = ReturnType<typeof openCopy>;

function openCopy(series: UsageSeries) {
  return {
    length: series.length,
    startMs: Float64Array.from(series.startMs),
    endMs: Float64Array.from(series.endMs),
    uncachedPromptTokens: Float64Array.from(series.uncachedPromptTokens),
    cachedPromptTokens: Float64Array.from(series.cachedPromptTokens),
    outputTokens: Float64Array.from(series.outputTokens),
    requests: Float64Array.from(series.requests),
    busyMs: Float64Array.from(series.busyMs),
    replicaMs: Float64Array.from(series.replicaMs),
    estimated: Uint8Array.from(series.estimated),
  };
}

/** The same rows without tokens; unknown values stay unknown. */
function zeros(series: UsageSeries) {
  const open = emptySeries(series.length);
  open.startMs.set(series.startMs);
  open.endMs.set(series.endMs);
  open.uncachedPromptTokens.fill(0);
  open.cachedPromptTokens.set(Float64Array.from(series.cachedPromptTokens, (value) => value * 0));
  open.outputTokens.fill(0);
  open.requests.set(Float64Array.from(series.requests, (value) => value * 0));
  return open;
}

/**
 * Takes a part from the remaining tokens of its rows, class by class, and returns each row's
 * contribution.
 */
function take(left: OpenCopy, rows: readonly number[], sums: Sums): readonly number[][] {
  const { uncachedPromptTokens: uncached, cachedPromptTokens: cached } = left;
  const whole = (column: Float64Array) => rows.reduce((sum, row) => sum + known(column[row]), 0);
  const [allUncached, allCached] = [whole(uncached), whole(cached)];
  const prompt = allUncached + allCached;
  const usual = prompt === 0 ? 0 : Math.floor((sums.prompt / prompt) * allCached);
  const preferredCached = Math.min(sums.cached ?? usual, allCached);
  const fromCached = Math.max(preferredCached, sums.prompt - allUncached);
  const requests = Math.min(sums.requests ?? 0, whole(left.requests));
  return [
    takeFrom(uncached, rows, sums.prompt - fromCached),
    takeFrom(cached, rows, fromCached),
    takeFrom(left.outputTokens, rows, sums.output),
    takeFrom(left.requests, rows, requests),
  ];
}

function takeFrom(column: Float64Array, rows: readonly number[], amount: number): number[] {
  if (amount === 0) return rows.map(() => 0);
  const weights = rows.map((row) => BigInt(Math.round(known(column[row]))));
  const parts = apportion(BigInt(amount), weights).map(Number);
  for (const [at, row] of rows.entries()) column[row] = (column[row] ?? 0) - (parts[at] ?? 0);
  return parts;
}

interface Contribution {
  readonly own: Classes;
  /** Unknown requests of a part make those of its rows unknown. */
  readonly requests: number | undefined;
}

/** A row without user tokens has no busy time; that of a mixed row stays unchanged. */
function cutRow(
  served: OpenCopy,
  row: number,
  { own, requests, isShared }: Contribution & { readonly isShared: boolean },
): void {
  const taken = own[0] + own[1] + own[2];
  if (taken === 0 && own[3] === 0) return;
  addAt(served.uncachedPromptTokens, row, -own[0]);
  addAt(served.cachedPromptTokens, row, -own[1]);
  addAt(served.outputTokens, row, -own[2]);
  if (requests === undefined && taken > 0) served.requests[row] = Number.NaN;
  else addAt(served.requests, row, -own[3]);
  const isEmpty = !hasTokens(served, row);
  if (isEmpty && served.busyMs[row] !== undefined) served.busyMs[row] = served.busyMs[row] * 0;
  if (isShared && !isEmpty) served.estimated[row] = 1;
}

function fillRow(
  batch: ReturnType<typeof zeros>,
  row: number,
  { own, requests }: Contribution,
): void {
  addAt(batch.uncachedPromptTokens, row, own[0]);
  addAt(batch.cachedPromptTokens, row, own[1]);
  addAt(batch.outputTokens, row, own[2]);
  if (requests === undefined) batch.requests[row] = Number.NaN;
  else addAt(batch.requests, row, own[3]);
}

function hasTokens(series: UsageSeries, row: number): boolean {
  const { uncachedPromptTokens, cachedPromptTokens, outputTokens } = series;
  return (
    known(uncachedPromptTokens[row]) + known(cachedPromptTokens[row]) > 0 ||
    known(outputTokens[row]) > 0
  );
}

function known(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value;
}
