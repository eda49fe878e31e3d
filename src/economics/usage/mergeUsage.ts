/** Merges usage of several sources without counting an interval twice. */

import { emptySeries, packedSeries, USAGE_COLUMNS, type UsageSeries } from '../../domain/usage.ts';
import type { Warning } from '../warning.ts';

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
