/** Reads how sources bill that have charges of more than a day: how long, from when to when. */

import type { Database } from 'better-sqlite3';
import type { SourceBilling } from '../../domain/charge.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import { CHARGE_IN_FORCE } from './charges.ts';

/** A quarter on each side: who billed the last one and not this one, or the next one. */
const AROUND_MS = 92 * DAY_MS;

const FOR_TIME = `
category IN ('compute', 'commitment') AND billed_nano_usd >= 0 AND withdrawn = 0
  AND ${CHARGE_IN_FORCE}`;

/** Long charges are few, and have an index of their own. */
const LONG = `
SELECT source_id AS sourceId, min(end_ms - start_ms) AS shortestMs,
  min(start_ms) AS firstMs, max(end_ms) AS lastMs
FROM charge INDEXED BY charge_long
WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :startMs AND start_ms < :endMs AND ${FOR_TIME}
GROUP BY source_id
ORDER BY source_id`;

/** Who bills by the month has few charges; of who has many, one of the first is short. */
const SHORT = `
SELECT end_ms - start_ms FROM charge
WHERE source_id = :sourceId AND end_ms - start_ms <= ${DAY_MS}
  AND end_ms > :startMs AND start_ms < :endMs AND ${FOR_TIME}
LIMIT 1`;

/**
 * Over charges for compute and commitments, a quarter before and after the window included. Who has
 * none longer than a day is left out; of who has both, a short one stands for the shortest.
 */
export function readSourceBilling(
  db: Database,
  { startMs, endMs }: Period,
  asOfMs: number,
): SourceBilling[] {
  const around = { startMs: startMs - AROUND_MS, endMs: endMs + AROUND_MS, asOfMs };
  const long = db.prepare(LONG).safeIntegers(false).all(around) as SourceBilling[];
  const short = db.prepare(SHORT).safeIntegers(false).pluck();
  return long.map((billing) => {
    const found = short.get({ ...around, sourceId: billing.sourceId }) as number | undefined;
    return { ...billing, shortestMs: found ?? billing.shortestMs };
  });
}

interface BilledChoice {
  readonly sourceId: string;
  /** How the keys of billed charges begin. */
  readonly keyPrefix?: string;
  readonly periods?: readonly Period[];
  readonly asOfMs: number;
}

const LAST_BILLED = `
SELECT max(end_ms) FROM charge INDEXED BY charge_by_end
WHERE source_id = :sourceId AND substr(charge_key, 1, length(:keyPrefix)) = :keyPrefix
  AND end_ms > :startMs AND end_ms <= :endMs AND start_ms >= :startMs AND withdrawn = 0
  AND ${CHARGE_IN_FORCE}`;

/** Of each period what is billed of it: from its start to the end of the last charge inside it. */
export function readBilled(
  db: Database,
  { sourceId, keyPrefix, periods = [], asOfMs }: BilledChoice,
): Period[] {
  if (keyPrefix === undefined) return [];
  const last = db.prepare(LAST_BILLED).safeIntegers(false).pluck();
  return periods.flatMap((period) => {
    const endMs = last.get({ ...period, sourceId, keyPrefix, asOfMs }) as number | null;
    return endMs === null ? [] : [{ startMs: period.startMs, endMs }];
  });
}
