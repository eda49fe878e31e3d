/** Finds the deployments that have usage, configured or not. */

import type { Database } from 'better-sqlite3';
import type { Period } from '../../domain/period.ts';

const SERVED = `
SELECT DISTINCT deployment FROM usage_series AS series
WHERE EXISTS (
  SELECT 1 FROM usage AS u
  WHERE series_ref = series.series_ref AND start_ms >= :startMs AND start_ms < :endMs
    AND recorded_at_ms <= :asOfMs AND withdrawn = 0
    AND NOT EXISTS (
      SELECT 1 FROM usage AS n
      WHERE n.series_ref = u.series_ref AND n.start_ms = u.start_ms
        AND n.recorded_at_ms <= :asOfMs
        AND (n.recorded_at_ms, n.version) > (u.recorded_at_ms, u.version)))
ORDER BY deployment`;

/** Names in alphabetical order. */
export function readServedDeployments(db: Database, window: Period, asOfMs: number): string[] {
  const served = db.prepare(SERVED).pluck();
  return served.all({ ...window, asOfMs }) as string[];
}
