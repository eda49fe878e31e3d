/** Groups a batch of usage by series, with the period that it covers in each. */

import type { Database } from 'better-sqlite3';
import type { Located } from '../../domain/provenance.ts';
import { getRow, prepareQuery } from '../statement.ts';
import type { UsageRow } from '../../domain/usage.ts';

/** The rows of one deployment and source in a batch. */
export interface BatchSeries {
  readonly seriesRef: number;
  /** The longest interval of the series, stored or in the batch. */
  longestMs: number;
  startMs: number;
  endMs: number;
  /** True while the rows of the series are in order and without overlap. */
  ordered: boolean;
  /** True if nothing is stored for the period that the batch covers. */
  fresh: boolean;
}

/** The rows of a batch in their order, each with its series, and the set of series. */
interface SortedBatch {
  readonly rows: readonly { series: BatchSeries; position: number; fact: UsageRow }[];
  readonly series: ReadonlySet<BatchSeries>;
}

export type BatchSorter = (located: readonly Located<UsageRow>[]) => SortedBatch;

export function createBatchSorter(db: Database): BatchSorter {
  const openSeries = createSeriesOpener(db);
  const widen = db.prepare(
    'UPDATE usage_series SET longest_ms = ? WHERE series_ref = ? AND longest_ms < ?',
  );
  const stored = prepareQuery<1>(
    db,
    'SELECT 1 FROM usage WHERE series_ref = ? AND start_ms > ? AND start_ms < ? LIMIT 1',
  );
  return (located) => {
    const byDeployment = new Map<string, Map<string, BatchSeries>>();
    const rows = located.map(({ position, fact }) => {
      return { series: extend(findSeries(byDeployment, fact, openSeries), fact), position, fact };
    });
    const all = new Set(rows.map((row) => row.series));
    for (const series of all) {
      widen.run(series.longestMs, series.seriesRef, series.longestMs);
      const { seriesRef, startMs, endMs, longestMs, ordered } = series;
      series.fresh = ordered && stored.get(seriesRef, startMs - longestMs, endMs) === undefined;
    }
    return { rows, series: all };
  };
}

function findSeries(
  byDeployment: Map<string, Map<string, BatchSeries>>,
  row: UsageRow,
  openSeries: (row: UsageRow) => BatchSeries,
): BatchSeries {
  let sources = byDeployment.get(row.deployment);
  if (sources === undefined) byDeployment.set(row.deployment, (sources = new Map()));
  let series = sources.get(row.sourceId);
  if (series === undefined) sources.set(row.sourceId, (series = openSeries(row)));
  return series;
}

function extend(series: BatchSeries, { period }: UsageRow): BatchSeries {
  if (period.startMs < series.endMs) series.ordered = false;
  if (period.startMs < series.startMs) series.startMs = period.startMs;
  if (period.endMs > series.endMs) series.endMs = period.endMs;
  const lengthMs = period.endMs - period.startMs;
  if (lengthMs > series.longestMs) series.longestMs = lengthMs;
  return series;
}

const FIND = `
SELECT series_ref, longest_ms FROM usage_series WHERE deployment = ? AND source_id = ?`;

function createSeriesOpener(db: Database): (row: UsageRow) => BatchSeries {
  const create = db.prepare(
    `INSERT INTO usage_series (deployment, source_id, longest_ms) VALUES (?, ?, 0)
     ON CONFLICT DO NOTHING`,
  );
  const find = prepareQuery<[number, number]>(db, FIND).raw();
  return ({ deployment, sourceId }) => {
    create.run(deployment, sourceId);
    const [seriesRef, longestMs] = getRow(find, deployment, sourceId);
    const { POSITIVE_INFINITY: startMs, NEGATIVE_INFINITY: endMs } = Number;
    return { seriesRef, longestMs, startMs, endMs, ordered: true, fresh: false };
  };
}
