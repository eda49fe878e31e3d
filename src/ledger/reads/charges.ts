/** Reads charges as of a time, one by one, because a quarter may have millions. */

import type { Database } from 'better-sqlite3';
import type { ChargeCategory, PricingClass } from '../../domain/charge.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { BilledResource, StoredCharge } from '../ledger.ts';
import { CHARGE_COLUMNS, type ChargeRow, createChargeRowReader } from './chargeRow.ts';
import { definedFields } from '../rows.ts';

const REPLACES = `
n.source_id = charge.source_id AND n.charge_key = charge.charge_key
    AND n.recorded_at_ms <= :asOfMs
    AND (n.recorded_at_ms, n.version) > (charge.recorded_at_ms, charge.version)`;

/**
 * Selects charges that no later record known at `:asOfMs` replaces. Later versions are few and have
 * an index of their own.
 */
export const CHARGE_IN_FORCE = `
charge.recorded_at_ms <= :asOfMs AND CASE WHEN charge.version = 1
  THEN NOT EXISTS (
    SELECT 1 FROM charge n INDEXED BY charge_again WHERE n.version > 1 AND ${REPLACES})
  ELSE NOT EXISTS (SELECT 1 FROM charge n WHERE ${REPLACES}) END`;

/** The order of the index. Only charges of the same period are sorted, a few at a time. */
const ORDER = 'ORDER BY end_ms, start_ms, source_id, resource_id, charge_key';

/** Charges of a day or less that overlap the window end at most a day after it. */
const SHORT_CHARGES = `
SELECT ${CHARGE_COLUMNS} FROM charge INDEXED BY charge_by_end
WHERE end_ms > :startMs AND end_ms <= :endMs + ${DAY_MS} AND start_ms < :endMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}
${ORDER}`;

/** Longer charges are few, like a monthly invoice or a yearly reservation. */
const LONG_CHARGES = `
SELECT ${CHARGE_COLUMNS} FROM charge INDEXED BY charge_long
WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :endMs + ${DAY_MS} AND start_ms < :endMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}
${ORDER}`;

/**
 * Visits each charge that overlaps the window, by end, start, source, resource and key. Charges of
 * a resource for the same time follow one another. Withdrawn charges are left out. Charges outside
 * the window cost nothing.
 * `visit` must not call the ledger. `content` is the content of the charge as one line of text for
 * a digest, without its fetch.
 */
export function createChargeReader(db: Database) {
  const statements = [SHORT_CHARGES, LONG_CHARGES].map((text) =>
    db.prepare(text).safeIntegers(false).raw(),
  );
  return (
    window: Period,
    asOfMs: number,
    visit: (charge: StoredCharge, content: string) => void,
  ): void => {
    const { startMs, endMs } = window;
    const read = createChargeRowReader(visit);
    for (const statement of statements) {
      for (const row of statement.iterate({ startMs, endMs, asOfMs })) read(row as ChargeRow);
    }
  };
}

/** By start, source and key. */
export function compareByStart(a: StoredCharge, b: StoredCharge): number {
  if (a.period.startMs !== b.period.startMs) return a.period.startMs - b.period.startMs;
  if (a.sourceId !== b.sourceId) return a.sourceId < b.sourceId ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

const BILLED_SQL = [
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

/** Each resource once, ordered by its columns. */
export function readBilledResources(
  db: Database,
  { startMs, endMs }: Period,
  asOfMs: number,
): BilledResource[] {
  const rows = db
    .prepare(`${BILLED_SQL.join(' UNION ')} ORDER BY 1, 2, 3, 4, 5, 6, 7`)
    .raw()
    .all({ startMs, endMs, asOfMs }) as BilledRow[];
  return rows.map(
    ([sourceId, resourceId, resourceName, tags, category, pricingClass, gpuType]) => ({
      sourceId,
      resourceId,
      category,
      pricingClass,
      ...definedFields({ resourceName, gpuType }),
      ...(tags === null ? {} : { tags: JSON.parse(tags) as Record<string, string> }),
    }),
  );
}
