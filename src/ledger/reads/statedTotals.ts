/** How a provider's own totals are laid beside what the ledger holds for the same time. */

import type { Database, Statement } from 'better-sqlite3';
import { apportionMoney } from '../../domain/apportion.ts';
import { DAY_MS, durationMs, overlapMs, type Period } from '../../domain/period.ts';
import { and, eq, gte, lte } from '../drizzle.ts';
import type { StatedTotal } from '../ledger.ts';
import type { Store } from '../store.ts';
import { fetches, statedTotals } from '../tables/provenance.ts';
import { CHARGE_IN_FORCE } from './charges.ts';
import { standingFetches } from './standing.ts';

/**
 * Totals whose window lies inside the given one; of several for the same question the newest
 * counts. Charges are summed where they lie.
 */
export function readStatedTotals(store: Store, window: Period, asOfMs: number): StatedTotal[] {
  const standing = new Set(standingFetches(store, window, asOfMs).map((row) => row.fetchRef));
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
  const billed = createBilledReader(store.db, asOfMs);
  return rows
    .filter(({ fetch }) => standing.has(fetch.fetchRef))
    .map(({ fetch, stated_total: stated }) => {
      const span = { startMs: stated.startMs, endMs: stated.endMs };
      const { sourceId, kind, completeKeyPrefix } = fetch;
      return {
        sourceId,
        kind,
        window: span,
        statedNanoUsd: stated.billedNanoUsd,
        ledgerNanoUsd: billed({ sourceId, kind, keyPrefix: completeKeyPrefix }, span),
      };
    });
}

/** Whose charges a total is about. */
interface Question {
  readonly sourceId: string;
  readonly kind: string;
  /** Of their keys; null where the total is about all that answers of the kind brought. */
  readonly keyPrefix: string | null;
}

const OF_PREFIX = 'substr(charge_key, 1, length(:keyPrefix)) = :keyPrefix';
const OF_KIND = `EXISTS (
  SELECT 1 FROM fetch f WHERE f.fetch_ref = charge.fetch_ref AND f.kind = :kind)`;

/** Dollars and the rest apart, for a sum of nano-dollars might not fit into 64 bits. */
const SUM = 'sum(billed_nano_usd / 1000000000), sum(billed_nano_usd % 1000000000)';

const statementsOf = (db: Database, of: string) => {
  const where = `source_id = :sourceId AND ${of} AND withdrawn = 0 AND ${CHARGE_IN_FORCE}`;
  const inside = `end_ms > :startMs AND end_ms <= :endMs AND start_ms >= :startMs`;
  const across = `start_ms < :endMs AND (start_ms < :startMs OR end_ms > :endMs)`;
  const row = 'SELECT start_ms, end_ms, billed_nano_usd FROM charge';
  const texts = [
    `SELECT ${SUM} FROM charge INDEXED BY charge_by_end WHERE ${inside} AND ${where}`,
    `${row} INDEXED BY charge_by_end
     WHERE end_ms > :startMs AND end_ms <= :endMs + ${DAY_MS} AND ${across} AND ${where}`,
    `${row} INDEXED BY charge_long WHERE end_ms - start_ms > ${DAY_MS}
     AND end_ms > :endMs + ${DAY_MS} AND ${across} AND ${where}`,
  ];
  return texts.map((text) => db.prepare(text).raw()) as [Statement, Statement, Statement];
};

function createBilledReader(db: Database, asOfMs: number) {
  const byPrefix = statementsOf(db, OF_PREFIX);
  const byKind = statementsOf(db, OF_KIND);
  return ({ sourceId, kind, keyPrefix }: Question, span: Period): bigint => {
    const [inside, near, far] = keyPrefix === null ? byKind : byPrefix;
    const of = keyPrefix === null ? { kind } : { keyPrefix };
    const asked = { ...of, ...span, sourceId, asOfMs };
    const [dollars, rest] = inside.get(asked) as [bigint | null, bigint | null];
    const across = [near, far].flatMap((each) => each.all(asked) as [bigint, bigint, bigint][]);
    const whole = (dollars ?? 0n) * 1_000_000_000n + (rest ?? 0n);
    return across.reduce((sum, row) => sum + billedInside(row, span), whole);
  };
}

/** The charge's share of a stretch of time, in proportion to time. */
function billedInside([start, end, billed]: readonly bigint[], span: Period): bigint {
  const period = { startMs: Number(start), endMs: Number(end) };
  const insideMs = BigInt(overlapMs(period, span));
  const outsideMs = BigInt(durationMs(period)) - insideMs;
  return apportionMoney(billed ?? 0n, [insideMs, outsideMs])[0] ?? 0n;
}
