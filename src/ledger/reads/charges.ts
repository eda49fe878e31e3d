/**
 * Reads charges as of a time, one by one, because a quarter may have millions, and the billing
 * periods of sources with charges longer than a day.
 */

import type { Database } from 'better-sqlite3';
import type { ChargeCategory, PricingClass, SourceBilling } from '../../domain/charge.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { BilledResource, StoredCharge } from '../facts.ts';
import { CHARGE_ROW_COLUMNS, type ChargeRow, createChargeRowReader } from './chargeRow.ts';
import { definedFields } from '../rows.ts';
import type { StatedScope, StatedTotal } from '../../domain/invoice.ts';
import { getRow, prepareExactQuery, prepareQuery } from '../statement.ts';
import { and, eq, gte, lte, type Store } from '../store.ts';
import { fetches, statedTotals } from '../tables/provenance.ts';
import { readCountingFetches } from './countingFetches.ts';

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
SELECT ${CHARGE_ROW_COLUMNS} FROM charge INDEXED BY charge_by_end
WHERE end_ms > :startMs AND end_ms <= :endMs + ${DAY_MS} AND start_ms < :endMs
  AND withdrawn = 0 AND ${CHARGE_IN_FORCE}
${ORDER}`;

/** Longer charges are few, like a monthly invoice or a yearly reservation. */
const LONG_CHARGES = `
SELECT ${CHARGE_ROW_COLUMNS} FROM charge INDEXED BY charge_long
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
    prepareQuery<ChargeRow>(db, text).raw(),
  );
  return (
    window: Period,
    asOfMs: number,
    visit: (charge: StoredCharge, content: string) => void,
  ): void => {
    const { startMs, endMs } = window;
    const read = createChargeRowReader(visit);
    for (const statement of statements) {
      for (const row of statement.iterate({ startMs, endMs, asOfMs })) read(row);
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
  const rows = prepareExactQuery<BilledRow>(
    db,
    `${BILLED_SQL.join(' UNION ')} ORDER BY 1, 2, 3, 4, 5, 6, 7`,
  )
    .raw()
    .all({ startMs, endMs, asOfMs });
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

/** A quarter on each side, to include sources that billed only in the previous or next quarter. */
const AROUND_MS = 92 * DAY_MS;

const FOR_TIME = `
category IN ('compute', 'commitment') AND billed_nano_usd >= 0 AND withdrawn = 0
  AND ${CHARGE_IN_FORCE}`;

/** Long charges are few and have an index of their own. */
const LONG = `
SELECT source_id AS sourceId, min(end_ms - start_ms) AS shortestMs,
  min(start_ms) AS firstMs, max(end_ms) AS lastMs
FROM charge INDEXED BY charge_long
WHERE end_ms - start_ms > ${DAY_MS} AND end_ms > :startMs AND start_ms < :endMs AND ${FOR_TIME}
GROUP BY source_id
ORDER BY source_id`;

/** A source that bills by month has few charges. One with many has a short one among the first. */
const SHORT = `
SELECT end_ms - start_ms FROM charge
WHERE source_id = :sourceId AND end_ms - start_ms <= ${DAY_MS}
  AND end_ms > :startMs AND start_ms < :endMs AND ${FOR_TIME}
LIMIT 1`;

/**
 * Covers charges for compute and commitments, a quarter before and after the window included.
 * Sources without a charge longer than a day are left out. If a source has both, a short charge
 * sets `shortestMs`.
 */
export function readSourceBilling(
  db: Database,
  { startMs, endMs }: Period,
  asOfMs: number,
): SourceBilling[] {
  const extended = { startMs: startMs - AROUND_MS, endMs: endMs + AROUND_MS, asOfMs };
  const long = prepareQuery<SourceBilling>(db, LONG).all(extended);
  const short = prepareQuery<number>(db, SHORT).pluck();
  return long.map((billing) => {
    const shortMs = short.get({ ...extended, sourceId: billing.sourceId });
    return { ...billing, shortestMs: shortMs ?? billing.shortestMs };
  });
}

interface BilledChoice {
  readonly sourceId: string;
  /** The prefix of the keys of billed charges. */
  readonly keyPrefix?: string;
  readonly periods?: readonly Period[];
  readonly asOfMs: number;
}

const LAST_BILLED = `
SELECT max(end_ms) FROM charge INDEXED BY charge_by_end
WHERE source_id = :sourceId AND substr(charge_key, 1, length(:keyPrefix)) = :keyPrefix
  AND end_ms > :startMs AND end_ms <= :endMs AND start_ms >= :startMs AND withdrawn = 0
  AND ${CHARGE_IN_FORCE}`;

/** The billed part of each period: from its start to the end of the last charge inside it. */
export function readBilledPeriods(
  db: Database,
  { sourceId, keyPrefix, periods = [], asOfMs }: BilledChoice,
): Period[] {
  if (keyPrefix === undefined) return [];
  const last = prepareQuery<number | null>(db, LAST_BILLED).pluck();
  return periods.flatMap((period) => {
    const endMs = getRow(last, { ...period, sourceId, keyPrefix, asOfMs });
    return endMs === null ? [] : [{ startMs: period.startMs, endMs }];
  });
}

/** Totals whose window lies inside the given one. For repeated requests the newest counts. */
export function readStatedTotals(store: Store, window: Period, asOfMs: number): StatedTotal[] {
  const standing = new Set(readCountingFetches(store, window, asOfMs).map((row) => row.fetchRef));
  const rows = store.orm
    .select()
    .from(statedTotals)
    .innerJoin(fetches, eq(fetches.fetchRef, statedTotals.fetchRef))
    .where(
      and(
        gte(statedTotals.startMs, window.startMs),
        lte(statedTotals.endMs, window.endMs),
        lte(statedTotals.recordedAtMs, asOfMs),
      ),
    )
    .orderBy(statedTotals.fetchRef)
    .all();
  const fetchesOfKind = createAnswersReader(store);
  return rows
    .filter(({ fetch }) => standing.has(fetch.fetchRef))
    .map(({ fetch: { sourceId, kind, completeKeyPrefix }, stated_total: stated }) => {
      const of: StatedScope =
        completeKeyPrefix === null
          ? { fetchRefs: fetchesOfKind(sourceId, kind) }
          : { keyPrefix: completeKeyPrefix };
      const span = { startMs: stated.startMs, endMs: stated.endMs };
      return { sourceId, kind, window: span, statedNanoUsd: stated.billedNanoUsd, of };
    });
}

/** All fetches of a kind. A total without a key prefix covers all of their facts. */
function createAnswersReader({ orm }: Store) {
  const { fetchRef } = fetches;
  const readRefs = (sourceId: string, kind: string) => {
    const ofKind = and(eq(fetches.sourceId, sourceId), eq(fetches.kind, kind));
    const rows = orm.select({ fetchRef }).from(fetches).where(ofKind).all();
    return new Set(rows.map((row) => row.fetchRef));
  };
  const cache = new Map<string, ReadonlySet<number>>();
  return (sourceId: string, kind: string): ReadonlySet<number> => {
    const key = `${sourceId}\n${kind}`;
    const answers = cache.get(key) ?? readRefs(sourceId, kind);
    cache.set(key, answers);
    return answers;
  };
}
