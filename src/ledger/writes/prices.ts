/** Writes hosted prices: single dated prices, and their rows. */

import type { Database } from 'better-sqlite3';
import type { HostedPrice, PriceSnapshot } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import { toOverridesJson } from '../priceColumns.ts';
import { and, asc, eq, gt, lte, sql, type Store } from '../store.ts';
import type { RepeatLog } from './repeatLog.ts';
import { type PriceFact, PRICES } from './factShape.ts';
import { reportFact } from './factReport.ts';
import {
  extendReach,
  type FactOrigin,
  type FetchOrigin,
  type PutResult,
  type Tally,
} from './tally.ts';
import { createVersionedWriter } from './versioned.ts';
import { inForce } from '../rows.ts';
import { hostedPrices, priceSnapshots } from '../tables/price.ts';

export type PutPrice = (fact: PriceFact, place: FactOrigin) => PutResult;

/** The row of a price. */
export function toPriceFact({ overrides, supports, ...price }: HostedPrice): PriceFact {
  return {
    ...price,
    serviceTier: price.serviceTier ?? '',
    overridesJson: toOverridesJson(overrides),
    supportsJson: supports === undefined ? null : JSON.stringify(supports),
  };
}

/** Writes a price under its source, model, host, quantization, service tier and start. */
export function createPricePut(db: Database, repeats: RepeatLog): PutPrice {
  const versions = createVersionedWriter(db, repeats, PRICES);
  return (fact, place) => versions.put(fact, place).put;
}

/** Writes the prices of a file one by one. A missing host does not mean that its offer ended. */
export function createPriceWriter(store: Store, repeats: RepeatLog) {
  const { shape, put } = createVersionedWriter(store.db, repeats, PRICES);
  const { nameOf } = repeats;
  return (located: readonly Located<HostedPrice>[], origin: FetchOrigin, tally: Tally): void => {
    for (const { position, fact } of located) {
      const what = `the price of "${fact.host}" for "${fact.model}"`;
      const place = { ...origin, position };
      const result = put(toPriceFact(fact), place);
      reportFact(tally, result, { shape, place, what, fact, nameOf });
      extendReach(tally, result.put, fact.validFromMs);
    }
  };
}

export type PriceRow = typeof hostedPrices.$inferSelect;
export type SnapshotRow = typeof priceSnapshots.$inferSelect;

/** All rows in force of the snapshot's model, oldest first. */
export function readPriceHistory(
  store: Store,
  { sourceId, model }: PriceSnapshot,
  atMs: number,
): PriceRow[] {
  const { host, quantization, serviceTier, validFromMs } = hostedPrices;
  const name = [hostedPrices.sourceId, hostedPrices.model, host, quantization, serviceTier];
  const key = [...name, validFromMs];
  return store.orm
    .select()
    .from(hostedPrices)
    .where(
      and(
        eq(hostedPrices.sourceId, sourceId),
        eq(hostedPrices.model, model),
        eq(hostedPrices.withdrawn, false),
        inForce(hostedPrices, key, atMs),
      ),
    )
    .orderBy(asc(validFromMs))
    .all();
}

/** The model's next snapshot after this one that covers the tier, if there is one. */
export function readNextSnapshot(
  store: Store,
  { sourceId, model, takenAtMs }: PriceSnapshot,
  { serviceTier, atMs }: { readonly serviceTier: string; readonly atMs: number },
): SnapshotRow | undefined {
  const tier = serviceTier === '' ? 'standard' : serviceTier;
  const { tiers } = priceSnapshots;
  return store.orm
    .select()
    .from(priceSnapshots)
    .where(
      and(
        eq(priceSnapshots.sourceId, sourceId),
        eq(priceSnapshots.model, model),
        gt(priceSnapshots.takenAtMs, takenAtMs),
        sql`(${tiers} = '' OR instr(',' || ${tiers} || ',', ${`,${tier},`}))`,
        lte(priceSnapshots.recordedAtMs, atMs),
      ),
    )
    .orderBy(asc(priceSnapshots.takenAtMs))
    .limit(1)
    .get();
}

/** The newest row per host, quantization and service tier at `atMs`. */
export function latestByHost(history: readonly PriceRow[], atMs: number): Map<string, PriceRow> {
  const past = history.filter((row) => row.validFromMs <= atMs);
  return new Map(past.map((row) => [priceKey(row), row]));
}

/** Whether the host has another row after the fact, up to the next snapshot. */
export function hasLaterChange(
  history: readonly PriceRow[],
  fact: PriceFact,
  next: SnapshotRow,
): boolean {
  return history.some(
    (row) =>
      priceKey(row) === priceKey(fact) &&
      row.validFromMs > fact.validFromMs &&
      row.validFromMs <= next.takenAtMs,
  );
}

/** Identifies a price within a snapshot. */
export function priceKey(price: {
  readonly host: string;
  readonly quantization: string;
  readonly serviceTier?: string | undefined;
}): string {
  return `${price.host}\n${price.quantization}\n${price.serviceTier ?? ''}`;
}

/** Whether the snapshot covers all prices in the tier of this row. */
export function coversTier({ tiers }: PriceSnapshot, { serviceTier }: PriceRow): boolean {
  return tiers === undefined || tiers.some((tier) => tier === (serviceTier || 'standard'));
}
