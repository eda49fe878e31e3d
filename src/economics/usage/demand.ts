/**
 * Separates usage by demand: removes benchmark and keep-warm tokens, and marks tokens that may
 * wait.
 */

import { firstWhere } from '../../domain/search.ts';
import {
  emptySeries,
  packedSeries,
  rowsWhere,
  tokensAt,
  USAGE_COLUMNS,
  type UsageSeries,
} from '../../domain/usage.ts';
import { DEMANDS, type UsagePart } from '../../domain/usageFacts.ts';
import {
  type DemandColumns,
  emptyColumns,
  type RemovedDemand,
  removeDemand,
} from './removeDemand.ts';
import type { Warning } from '../warning.ts';

/** The weighed rows of a deployment, by demand. */
export interface DemandRows {
  readonly startMs: Float64Array;
  /** Tokens of each row, before anything was removed. */
  readonly whole: Float64Array;
  readonly tokens: DemandColumns;
}

/** Usage of a deployment by source, separated by demand. */
export interface SeparatedDemand {
  readonly bySource: ReadonlyMap<string, UsageSeries>;
  readonly misfits: number;
  /** Demand of the rows that are finally weighed, each by the source it came from. */
  forRows(usage: UsageSeries): { readonly rows: DemandRows; readonly batchUsage?: UsageSeries };
}

/** Usage separated by demand; `undefined` if no part states a demand, and then nothing changes. */
export function separateDemand(
  bySource: ReadonlyMap<string, UsageSeries>,
  parts: readonly UsagePart[],
  preferred: string | undefined,
): SeparatedDemand | undefined {
  const statesDemand = ({ demand, sourceId }: UsagePart) =>
    demand !== undefined && bySource.has(sourceId);
  if (!parts.some(statesDemand)) return undefined;
  const ids = [...bySource.keys()].sort(
    (a, b) => Number(b === preferred) - Number(a === preferred) || (a < b ? -1 : 1),
  );
  const taken = ids.map((id) => {
    const series = bySource.get(id) ?? emptySeries(0);
    const own = parts.filter(({ sourceId }) => sourceId === id);
    return { id, whole: series, ...removeDemand(series, own) };
  });
  return {
    bySource: new Map(taken.map(({ id, series }) => [id, series])),
    misfits: taken.reduce((sum, { misfits }) => sum + misfits, 0),
    forRows: (usage) => rowsOver(usage, taken),
  };
}

function rowsOver(usage: UsageSeries, taken: readonly (RemovedDemand & { whole: UsageSeries })[]) {
  const tokens = emptyColumns(usage.length);
  const whole = new Float64Array(usage.length);
  const batches = new Set<UsageSeries>();
  const batchStarts = new Set<number>();
  for (let row = 0; row < usage.length; row += 1) {
    const startMs = usage.startMs[row] ?? 0;
    const isSame = (series: UsageSeries, at: number) =>
      series.startMs[at] === startMs && series.endMs[at] === usage.endMs[row];
    const at = taken.map(({ series }) => firstWhere(series.startMs, (value) => value >= startMs));
    const index = taken.findIndex(({ series }, source) => isSame(series, at[source] ?? 0));
    const from = taken[index];
    if (from === undefined) continue;
    const place = at[index] ?? 0;
    whole[row] = tokensAt(from.whole, place);
    for (const demand of DEMANDS) tokens[demand][row] = from.tokens[demand][place] ?? 0;
    if (from.batch === undefined || !(tokens.batch[row] ?? 0)) continue;
    batches.add(from.batch);
    batchStarts.add(startMs);
  }
  const rows: DemandRows = { startMs: Float64Array.from(usage.startMs), whole, tokens };
  const [first, ...others] = [...batches].map((batch) =>
    rowsWhere(batch, (row) => batchStarts.has(batch.startMs[row] ?? Number.NaN)),
  );
  if (first === undefined) return { rows };
  const all = new Map([first, ...others].map((series, at) => [String(at), series]));
  return { rows, batchUsage: mergeUsage(all, '0').series };
}

export interface MergedUsage {
  readonly series: UsageSeries;
  readonly warnings: readonly Warning[];
}

interface Row {
  readonly series: UsageSeries;
  readonly at: number;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The preferred source's rows, then those of others (by id) where they overlap nothing. Of
 * overlapping rows of one source, the first stays. 00:00-01:00 of the preferred source and
 * 00:30-01:30 of another leave only the first.
 */
export function mergeUsage(
  bySource: ReadonlyMap<string, UsageSeries>,
  preferred?: string,
): MergedUsage {
  const ids = [...bySource.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const [only] = ids.length === 1 ? bySource.values() : [];
  if (only !== undefined && isOrdered(only)) return { series: only, warnings: [] };
  const warnings: Warning[] = [];
  let merged: readonly Row[] = [];
  for (const id of ids) {
    const rows = rowsOf(bySource.get(id));
    const own = withoutOverlap(rows);
    const dropped = rows.length - own.length;
    if (dropped > 0) warnings.push({ code: 'intervals-overlap', source: id, intervals: dropped });
    merged = fill(merged, own);
  }
  return { series: seriesOf(merged), warnings };

  function rank(id: string): number {
    return id === preferred ? 0 : 1;
  }
}

function rowsOf(series: UsageSeries | undefined): Row[] {
  if (series === undefined) return [];
  const rows: Row[] = [];
  for (let at = 0; at < series.length; at += 1) {
    rows.push({ series, at, startMs: series.startMs[at] ?? 0, endMs: series.endMs[at] ?? 0 });
  }
  return rows.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

/** Whether a series is in time order without overlap, as most are, so nothing has to be done. */
function isOrdered({ startMs, endMs, length }: UsageSeries): boolean {
  for (let at = 1; at < length; at += 1) {
    if ((startMs[at] ?? 0) < (endMs[at - 1] ?? 0)) return false;
  }
  return true;
}

function withoutOverlap(rows: readonly Row[]): Row[] {
  let freeFromMs = Number.NEGATIVE_INFINITY;
  return rows.filter(({ startMs, endMs }) => {
    if (startMs < freeFromMs) return false;
    freeFromMs = endMs;
    return true;
  });
}

/** Adds rows where they fit. Both lists, and the result, are in time order without overlap. */
function fill(first: readonly Row[], others: readonly Row[]): Row[] {
  let at = 0;
  const fitting = others.filter(({ startMs, endMs }) => {
    while (at < first.length && (first[at]?.endMs ?? 0) <= startMs) at += 1;
    return (first[at]?.startMs ?? Number.POSITIVE_INFINITY) >= endMs;
  });
  return [...first, ...fitting].sort((a, b) => a.startMs - b.startMs);
}

function seriesOf(rows: readonly Row[]): UsageSeries {
  const series = emptySeries(rows.length);
  for (const [to, { series: from, at }] of rows.entries()) {
    for (const name of USAGE_COLUMNS) series[name][to] = from[name][at] ?? Number.NaN;
    series.estimated[to] = from.estimated[at] ?? 0;
  }
  return packedSeries(series, series.length);
}
