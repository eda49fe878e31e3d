/** Knows which deployments usage speaks of, whether or not anybody asks for them. */

import type { Database } from 'better-sqlite3';
import type { Period } from '../../domain/period.ts';

const SERVED = `
SELECT DISTINCT deployment FROM usage_series AS series
WHERE EXISTS (
  SELECT 1 FROM usage
  WHERE series_ref = series.series_ref AND start_ms >= ? AND start_ms < ?
    AND recorded_at_ms <= ? AND withdrawn = 0)
ORDER BY deployment`;

/** Names in order of the alphabet. */
export function readServedDeployments(db: Database, window: Period, asOfMs: number): string[] {
  const served = db.prepare(SERVED).pluck();
  return served.all(window.startMs, window.endMs, asOfMs) as string[];
}
