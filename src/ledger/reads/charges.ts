/** How charges are read back as of a time: one after the other, for a quarter may have millions. */

import type { Database } from 'better-sqlite3';
import type { Charge, ChargeCategory, PricingClass } from '../../domain/charge.ts';
import { type Exact, exact } from '../../domain/exact.ts';
import { nanoUsd } from '../../domain/money.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { BilledResource, StoredCharge } from '../ledger.ts';

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

/** Whole numbers beyond 2^53 come as text, all others as numbers, which are cheap. */
const exactly = (column: string) =>
  `CASE WHEN ${column} BETWEEN -9007199254740991 AND 9007199254740991 THEN ${column}
     ELSE CAST(${column} AS TEXT) END`;

const COLUMNS = `
source_id, charge_key, resource_id, resource_name, category, pricing_class, start_ms, end_ms,
${exactly('billed_nano_usd')}, ${exactly('list_nano_usd')}, ${exactly('effective_nano_usd')},
quantity_num, quantity_den, unit, gpu_type, gpu_count, basis, tags_json,
version, recorded_at_ms, fetch_ref`;

type Money = number | string;

type Row = readonly [
  sourceId: string,
  key: string,
  resourceId: string,
  resourceName: string | null,
  category: ChargeCategory,
  pricingClass: PricingClass,
  startMs: number,
  endMs: number,
  billed: Money,
  list: Money | null,
  effective: Money | null,
  quantityNum: string | null,
  quantityDen: string | null,
  unit: string | null,
  gpuType: string | null,
  gpuCount: number | null,
  basis: Charge['basis'],
  tagsJson: string | null,
  version: number,
  recordedAtMs: number,
  fetchRef: number,
];

/** The index's own order; only charges of the very same time are sorted, a few at a time. */
const ORDER = 'ORDER BY end_ms, start_ms, source_id, resource_id, charge_key';

/** Those of a day or less that reach into the window end at most a day after it. */
const NEAR = `
SELECT ${COLUMNS} FROM charge INDEXED BY charge_by_end
WHERE end_ms > :startMs AND end_ms <= :endMs + ${DAY_MS} AND start_ms < :endMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}
${ORDER}`;

/** The others are few: an invoice for a month, a reservation for a year. */
const FAR = `
SELECT ${COLUMNS} FROM charge INDEXED BY charge_long
WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :endMs + ${DAY_MS} AND start_ms < :endMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}
${ORDER}`;

/**
 * Visits each charge that overlaps the window, by end, start, source, resource and key, so that
 * charges of a resource for the same time follow one another; withdrawn ones are no charges any
 * more. What is before or after the window costs nothing. `visit` may not ask the ledger anything.
 */
export function createChargeReader(db: Database) {
  const statements = [NEAR, FAR].map((text) => db.prepare(text).safeIntegers(false).raw());
  return (window: Period, asOfMs: number, visit: (charge: StoredCharge) => void): void => {
    const { startMs, endMs } = window;
    const tagsOf = remembering((text) => JSON.parse(text) as Record<string, string>);
    const quantityOf = remembering((text) => {
      const [num = '', den = ''] = text.split('/');
      return exact(BigInt(num), BigInt(den));
    });
    for (const statement of statements) {
      const rows = statement.iterate({ startMs, endMs, asOfMs });
      for (const row of rows) visit(chargeOf(row as Row, { tagsOf, quantityOf }));
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
SELECT source_id, resource_id, resource_name, tags_json ${from}
  AND start_ms < :endMs AND withdrawn = 0 AND ${CHARGE_IN_FORCE}`,
);

/** Each once, in the order of their names. */
export function readBilledResources(
  db: Database,
  { startMs, endMs }: Period,
  asOfMs: number,
): BilledResource[] {
  const rows = db
    .prepare(`${BILLED.join(' UNION ')} ORDER BY 1, 2, 3, 4`)
    .raw()
    .all({ startMs, endMs, asOfMs }) as [string, string, string | null, string | null][];
  return rows.map(([sourceId, resourceId, resourceName, tags]) => ({
    sourceId,
    resourceId,
    ...(resourceName === null ? {} : { resourceName }),
    ...(tags === null ? {} : { tags: JSON.parse(tags) as Record<string, string> }),
  }));
}

interface Readers {
  readonly tagsOf: (text: string) => Readonly<Record<string, string>>;
  readonly quantityOf: (text: string) => Exact;
}

function chargeOf(row: Row, { tagsOf, quantityOf }: Readers): StoredCharge {
  const [, , , resourceName, , , , , , list, effective, num, den, unit, gpuType, gpuCount] = row;
  const tags = row[17];
  const charge: { -readonly [Name in keyof StoredCharge]: StoredCharge[Name] } = {
    sourceId: row[0],
    key: row[1],
    resourceId: row[2],
    category: row[4],
    pricingClass: row[5],
    basis: row[16],
    version: row[18],
    recordedAtMs: row[19],
    fetchRef: row[20],
    period: { startMs: row[6], endMs: row[7] },
    billed: moneyOf(row[8]),
  };
  if (resourceName !== null) charge.resourceName = resourceName;
  if (list !== null) charge.list = moneyOf(list);
  if (effective !== null) charge.effective = moneyOf(effective);
  if (num !== null && den !== null) charge.quantity = quantityOf(`${num}/${den}`);
  if (unit !== null) charge.unit = unit;
  if (gpuType !== null) charge.gpuType = gpuType;
  if (gpuCount !== null) charge.gpuCount = gpuCount;
  if (tags !== null) charge.tags = tagsOf(tags);
  return charge;
}

const moneyOf = (value: Money) => nanoUsd(BigInt(value));

const MOST_REMEMBERED = 10_000;

/** Hours and tags come again and again: the same text is read once, as long as texts are few. */
function remembering<Value>(read: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size === MOST_REMEMBERED) known.clear();
    const value = read(text);
    known.set(text, value);
    return value;
  };
}
