/** Knows how a provider's own totals are laid beside what the ledger holds for the same time. */

import { apportionMoney } from '../../domain/apportion.ts';
import { sumNano } from '../../domain/money.ts';
import { durationMs, overlapMs, type Period } from '../../domain/period.ts';
import { and, eq, gte, lte } from '../drizzle.ts';
import type { StatedTotal, StoredCharge } from '../ledger.ts';
import type { Store } from '../store.ts';
import { fetches, statedTotals } from '../tables/provenance.ts';
import { readCharges } from './facts.ts';
import { standingFetches } from './standing.ts';

/**
 * Totals whose window lies inside the given one; of several for the same question the newest
 * counts.
 */
export function readStatedTotals(store: Store, window: Period, asOfMs: number): StatedTotal[] {
  const standing = new Set(standingFetches(store, asOfMs).map((row) => row.fetchRef));
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
  return rows
    .filter(({ fetch }) => standing.has(fetch.fetchRef))
    .map(({ fetch, stated_total: stated }) => {
      const span = { startMs: stated.startMs, endMs: stated.endMs };
      const { sourceId, kind, completeKeyPrefix } = fetch;
      const kinds = completeKeyPrefix === null ? kindOfFetch(store) : undefined;
      const counted = readCharges(store, span, asOfMs).filter(
        (charge) =>
          charge.sourceId === sourceId &&
          charge.key.startsWith(completeKeyPrefix ?? '') &&
          (kinds === undefined || kinds(charge.fetchRef) === kind),
      );
      return {
        sourceId,
        kind,
        window: span,
        statedNanoUsd: stated.billedNanoUsd,
        ledgerNanoUsd: sumNano(counted.map((charge) => billedInside(charge, span))),
      };
    });
}

function kindOfFetch({ orm }: Store): (fetchRef: number) => string | undefined {
  const rows = orm.select({ ref: fetches.fetchRef, kind: fetches.kind }).from(fetches).all();
  const kinds = new Map(rows.map(({ ref, kind }) => [ref, kind]));
  return (fetchRef) => kinds.get(fetchRef);
}

/** The charge's share of a stretch of time, in proportion to time. */
function billedInside(charge: StoredCharge, span: Period): bigint {
  const insideMs = BigInt(overlapMs(charge.period, span));
  const outsideMs = BigInt(durationMs(charge.period)) - insideMs;
  return apportionMoney(charge.billed, [insideMs, outsideMs])[0] ?? 0n;
}
