/** How charges are read back as of a time: one after the other, for a quarter may have millions. */

import type { Database } from 'better-sqlite3';
import type { ChargeCategory, PricingClass } from '../../domain/charge.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { BilledResource, StoredCharge } from '../ledger.ts';
import { CHARGE_COLUMNS, type ChargeRow, createRowReader } from './chargeRow.ts';
import { known } from './known.ts';

const LATER = `
n.source_id = charge.source_id AND n.charge_key = charge.charge_key
    AND n.recorded_at_ms <= :asOfMs
    AND (n.recorded_at_ms, n.version) > (charge.recorded_at_ms, charge.version)`;

/**
 * A charge that no later record, known at `:asOfMs`, replaces. What replaces a first version is one
 * of the few others, which have an index of their own.
 */
export const CHARGE_IN_FORCE = `
charge.recorded_at_ms <= :asOfMs AND CASE WHEN charge.version = 1
  THEN NOT EXISTS (
    SELECT 1 FROM charge n INDEXED BY charge_again WHERE n.version > 1 AND ${LATER})
  ELSE NOT EXISTS (SELECT 1 FROM charge n WHERE ${LATER}) END`;

/** The index's own order; only charges of the very same time are sorted, a few at a time. */
const ORDER = 'ORDER BY end_ms, start_ms, source_id, resource_id, charge_key';

/** Those of a day or less that reach into the window end at most a day after it. */
const NEAR = `
SELECT ${CHARGE_COLUMNS} FROM charge INDEXED BY charge_by_end
WHERE end_ms > :startMs AND end_ms <= :endMs + ${DAY_MS} AND start_ms < :endMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}
${ORDER}`;

/** The others are few: an invoice for a month, a reservation for a year. */
const FAR = `
SELECT ${CHARGE_COLUMNS} FROM charge INDEXED BY charge_long
WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :endMs + ${DAY_MS} AND start_ms < :endMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}
${ORDER}`;

/**
 * Visits each charge that overlaps the window, by end, start, source, resource and key, so that
 * charges of a resource for the same time follow one another; withdrawn ones are no charges any
 * more. What is before or after the window costs nothing. `visit` may not ask the ledger anything;
 * it is also told what the charge says, as one line of text, for a digest: how it came is no part
 * of it.
 */
export function createChargeReader(db: Database) {
  const statements = [NEAR, FAR].map((text) => db.prepare(text).safeIntegers(false).raw());
  return (
    window: Period,
    asOfMs: number,
    visit: (charge: StoredCharge, said: string) => void,
  ): void => {
    const { startMs, endMs } = window;
    const read = createRowReader(visit);
    for (const statement of statements) {
      for (const row of statement.iterate({ startMs, endMs, asOfMs })) read(row as ChargeRow);
    }
  };
}

/** By start, source and key. */
export function oldestFirst(a: StoredCharge, b: StoredCharge): number {
  if (a.period.startMs !== b.period.startMs) return a.period.startMs - b.period.startMs;
  if (a.sourceId !== b.sourceId) return a.sourceId < b.sourceId ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

const BILLED = [
  `FROM charge INDEXED BY charge_by_end WHERE end_ms > :startMs AND end_ms <= :endMs + ${DAY_MS}`,
  `FROM charge INDEXED BY charge_long
   WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :endMs + ${DAY_MS}`,
].map(
  (from) => `
SELECT source_id, resource_id, resource_name, tags_json, category, pricing_class, gpu_type ${from}
  AND start_ms < :endMs AND withdrawn = 0 AND ${CHARGE_IN_FORCE}`,
);

type BilledRow = readonly [
  sourceId: string,
  resourceId: string,
  resourceName: string | null,
  tagsJson: string | null,
  category: ChargeCategory,
  pricingClass: PricingClass,
  gpuType: string | null,
];

/** Each once, in the order of their names. */
export function readBilledResources(
  db: Database,
  { startMs, endMs }: Period,
  asOfMs: number,
): BilledResource[] {
  const rows = db
    .prepare(`${BILLED.join(' UNION ')} ORDER BY 1, 2, 3, 4, 5, 6, 7`)
    .raw()
    .all({ startMs, endMs, asOfMs }) as BilledRow[];
  return rows.map(
    ([sourceId, resourceId, resourceName, tags, category, pricingClass, gpuType]) => ({
      sourceId,
      resourceId,
      category,
      pricingClass,
      ...known({ resourceName, gpuType }),
      ...(tags === null ? {} : { tags: JSON.parse(tags) as Record<string, string> }),
    }),
  );
}
