/**
 * Knows how a deployment's intervals are read back: column by column, the newest version of each.
 */

import type { Database } from 'better-sqlite3';
import type { Period } from '../../domain/period.ts';
import type { UsageSeries } from '../../domain/usage.ts';
import { createSeriesBuilder, type IntervalRow } from './seriesBuilder.ts';

/** In key order, so that nothing is sorted and the versions of an interval follow one another. */
const ROWS = `
SELECT start_ms, end_ms, uncached_prompt_tokens, cached_prompt_tokens, output_tokens, requests,
  busy_ms, replica_ms, estimated, withdrawn, recorded_at_ms, version
FROM usage
WHERE series_ref = ? AND (start_ms, version) > (?, ?) AND start_ms < ? AND recorded_at_ms <= ?
ORDER BY start_ms, version LIMIT ?`;

const SERIES = `
SELECT source_id, series_ref, longest_ms FROM usage_series WHERE deployment = ? ORDER BY source_id`;

/** About a week of 5-minute rows: the page is gone before the next one comes. */
const PAGE_ROWS = 2_048;
const ANY_VERSION = Number.MAX_SAFE_INTEGER;

/** Reads every interval that overlaps the window, by source; a source without any is absent. */
export function createUsageReader(db: Database) {
  const series = db.prepare(SERIES).safeIntegers(false).raw();
  const page = db.prepare(ROWS).safeIntegers(false).raw();
  return (deployment: string, window: Period, asOfMs: number): Map<string, UsageSeries> => {
    const found = new Map<string, UsageSeries>();
    for (const row of series.all(deployment)) {
      const [sourceId, seriesRef, longestMs] = row as [string, number, number];
      const builder = createSeriesBuilder(window.startMs);
      // No interval is longer, so that none which reaches into the window begins before this.
      let after: readonly [number, number] = [window.startMs - longestMs, ANY_VERSION];
      for (let rows = PAGE_ROWS; rows === PAGE_ROWS; ) {
        const all = page.all(seriesRef, ...after, window.endMs, asOfMs, PAGE_ROWS) as IntervalRow[];
        builder.add(all);
        rows = all.length;
        const last = all.at(-1);
        if (last !== undefined) after = [last[0], last[11]];
      }
      const built = builder.build();
      if (built.length > 0) found.set(sourceId, built);
    }
    return found;
  };
}
