/** Reads how each source bills: how long its charges last, and from when to when it has any. */

import type { Database } from 'better-sqlite3';
import type { SourceBilling } from '../../domain/charge.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';

/** A quarter on each side: who billed the last one and not this one, or the next one. */
const AROUND_MS = 92 * DAY_MS;

const BILLING = `
SELECT source_id AS sourceId, min(end_ms - start_ms) AS shortestMs,
  min(start_ms) AS firstMs, max(end_ms) AS lastMs
FROM charge
WHERE start_ms < ? AND end_ms > ? AND category IN ('compute', 'commitment')
  AND billed_nano_usd >= 0 AND withdrawn = 0 AND recorded_at_ms <= ?
  AND NOT EXISTS (
    SELECT 1 FROM charge n
    WHERE n.source_id = charge.source_id AND n.charge_key = charge.charge_key
      AND n.recorded_at_ms <= ?
      AND (n.recorded_at_ms, n.version) > (charge.recorded_at_ms, charge.version))
GROUP BY source_id
ORDER BY source_id`;

/** Over charges for compute and commitments, a quarter before and after the window included. */
export function readSourceBilling(
  db: Database,
  { startMs, endMs }: Period,
  asOfMs: number,
): SourceBilling[] {
  const around = [endMs + AROUND_MS, startMs - AROUND_MS];
  return db
    .prepare(BILLING)
    .safeIntegers(false)
    .all(...around, asOfMs, asOfMs) as SourceBilling[];
}
