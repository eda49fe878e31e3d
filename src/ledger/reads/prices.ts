/** Reads dated hosted prices, availability and exchange rates. */

import type { Database } from 'better-sqlite3';
import type { SQL } from 'drizzle-orm';
import type { ExchangeRate } from '../../domain/currency.ts';
import { exact } from '../../domain/exact.ts';
import { nanoUsd, nanoUsdPerMtok } from '../../domain/money.ts';
import {
  findImplausiblePrice,
  type HostAvailability,
  type HostedPrice,
  type PriceGap,
  SERVICE_TIERS,
  type ServiceTier,
  UNCHECKED_MS,
} from '../../domain/price.ts';
import type { Period } from '../../domain/period.ts';
import { prepareExactQuery, prepareQuery } from '../statement.ts';
import { and, asc, eq, lt, lte, or, type Store } from '../store.ts';
import { definedFields, inForce } from '../rows.ts';
import { parseOverrides } from '../priceColumns.ts';
import { hostAvailability, hostedPrices } from '../tables/price.ts';

type Models = readonly { sourceId: string; model: string }[];

/** The models, the window, and the time as of which to read. */
export interface PriceSelection {
  readonly models: Models;
  readonly window: Period;
  readonly asOfMs: number;
}

/**
 * Prices that can be in force in the window, oldest first. At the same instant the end of an offer
 * comes before a new price.
 */
export function readHostedPrices({ orm }: Store, question: PriceSelection): HostedPrice[] {
  const { sourceId, model, host, quantization, serviceTier } = hostedPrices;
  const { validFromMs, offered } = hostedPrices;
  const matching = matchesModels(hostedPrices, question.models);
  if (matching === undefined) return [];
  const key = [sourceId, model, host, quantization, serviceTier];
  const rows = orm
    .select()
    .from(hostedPrices)
    .where(
      and(
        matching,
        lt(validFromMs, question.window.endMs),
        eq(hostedPrices.withdrawn, false),
        inForce(hostedPrices, [...key, validFromMs], question.asOfMs),
      ),
    )
    .orderBy(asc(validFromMs), asc(offered), ...key.map((column) => asc(column)))
    .all();
  // A catalog's last price must not hide an earlier price of the provider itself.
  const nameOf = ({ secondHand, ...row }: (typeof rows)[number]) =>
    JSON.stringify([
      row.sourceId,
      row.model,
      row.host,
      row.quantization,
      row.serviceTier,
      secondHand,
    ]);
  const timeOf = (row: (typeof rows)[number]) => row.validFromMs;
  const isDoubtful = (row: (typeof rows)[number]) =>
    findImplausiblePrice(toPrice(row)) !== undefined;
  return inForceSince(rows, { nameOf, timeOf, isDoubtful, ...question.window }).map(toPrice);
}

function toPrice(row: typeof hostedPrices.$inferSelect): HostedPrice {
  const { sourceId, model, host, quantization, validFromMs, free, offered } = row;
  const perMtok = (value: bigint | null) => (value === null ? null : nanoUsdPerMtok(value));
  return {
    sourceId,
    model,
    host,
    quantization,
    validFromMs,
    free,
    offered,
    ...(row.secondHand === true ? { secondHand: true } : {}),
    ...definedFields({
      hostName: row.hostName,
      serviceTier: toServiceTier(row.serviceTier),
      inputPerMtok: perMtok(row.inputPerMtok),
      cachedInputPerMtok: perMtok(row.cachedInputPerMtok),
      cacheWritePerMtok: perMtok(row.cacheWritePerMtok),
      outputPerMtok: perMtok(row.outputPerMtok),
      perRequest: row.perRequest === null ? null : nanoUsd(row.perRequest),
      overrides: parseOverrides(row.overridesJson) ?? null,
      contextLength: row.contextLength,
      region: row.region,
      dataPolicy: row.dataPolicy,
      supports: row.supportsJson === null ? null : (JSON.parse(row.supportsJson) as string[]),
    }),
  };
}

function toServiceTier(stored: string): ServiceTier | null {
  return SERVICE_TIERS.find((tier) => tier === stored) ?? null;
}

/** Observations in the window and the last one before it, oldest first. */
export function readAvailability({ orm }: Store, question: PriceSelection): HostAvailability[] {
  const { sourceId, model, host, observedAtMs } = hostAvailability;
  const matching = matchesModels(hostAvailability, question.models);
  if (matching === undefined) return [];
  const key = [sourceId, model, host];
  const rows = orm
    .select()
    .from(hostAvailability)
    .where(
      and(
        matching,
        lt(observedAtMs, question.window.endMs),
        inForce(hostAvailability, [...key, observedAtMs], question.asOfMs),
      ),
    )
    .orderBy(asc(observedAtMs), ...key.map((column) => asc(column)))
    .all();
  const nameOf = (row: (typeof rows)[number]) => [row.sourceId, row.model, row.host].join('\n');
  const timeOf = (row: (typeof rows)[number]) => row.observedAtMs;
  return inForceSince(rows, { nameOf, timeOf, ...question.window }).map((row) => ({
    sourceId: row.sourceId,
    model: row.model,
    host: row.host,
    healthy: row.healthy,
    observedAtMs: row.observedAtMs,
    ...definedFields({
      uptimeMillionths: row.uptimeMillionths,
      latencyMs: row.latencyMs,
      tokensPerSecond: row.tokensPerSecond,
    }),
  }));
}

/** Every model that ever had a price, by source. */
export function readPricedModels({ orm }: Store, asOfMs: number): Models {
  const { sourceId, model, recordedAtMs, withdrawn } = hostedPrices;
  return orm
    .selectDistinct({ sourceId, model })
    .from(hostedPrices)
    .where(and(lte(recordedAtMs, asOfMs), eq(withdrawn, false)))
    .orderBy(asc(model), asc(sourceId))
    .all();
}

/**
 * Times without a check of a model's standard prices that touch the window, up to `asOfMs`, oldest
 * first. A model without snapshots has none, because prices from files are never checked.
 */
export function readPriceGaps({ db }: Store, question: PriceSelection): PriceGap[] {
  const { window, asOfMs } = question;
  const endMs = Math.min(window.endMs, asOfMs);
  const select = prepareQuery<{ startMs: number; endMs: number | null }>(db, GAPS);
  return question.models.flatMap(({ sourceId, model }) => {
    const parameters = {
      sourceId,
      model,
      startMs: window.startMs,
      endMs,
      asOfMs,
      unseenMs: UNCHECKED_MS,
    };
    const rows = select.all(parameters);
    return rows.map((row) => ({
      sourceId,
      model,
      startMs: row.startMs,
      ...definedFields({ endMs: row.endMs }),
    }));
  });
}

const GAPS = `
SELECT startMs, endMs FROM (
  SELECT taken_at_ms AS startMs, lead(taken_at_ms) OVER (ORDER BY taken_at_ms) AS endMs
  FROM price_snapshot
  WHERE source_id = :sourceId AND model = :model AND recorded_at_ms <= :asOfMs
    AND (tiers = '' OR instr(',' || tiers || ',', ',standard,')))
WHERE startMs < :endMs AND coalesce(endMs, :endMs) > :startMs
  AND coalesce(endMs, :endMs) - startMs > :unseenMs
ORDER BY startMs`;

function matchesModels(
  table: typeof hostedPrices | typeof hostAvailability,
  models: Models,
): SQL | undefined {
  return or(
    ...models.map(({ sourceId, model }) =>
      and(eq(table.sourceId, sourceId), eq(table.model, model)),
    ),
  );
}

interface InForceOptions<Row> {
  readonly startMs: number;
  readonly nameOf: (row: Row) => string;
  readonly timeOf: (row: Row) => number;
  /** Whether the row might be no real price, so it may not replace anything. */
  readonly isDoubtful?: (row: Row) => boolean;
}

/** Leaves out rows that a later row of the same name replaced before the window. */
function inForceSince<Row>(
  rows: readonly Row[],
  { startMs, nameOf, timeOf, isDoubtful }: InForceOptions<Row>,
): Row[] {
  const before = rows.filter((row) => timeOf(row) <= startMs);
  const newestByName = (group: readonly Row[]) =>
    new Map(group.map((row) => [nameOf(row), row])).values();
  const replacing = new Set(newestByName(before));
  const inDoubt = isDoubtful === undefined ? [] : [...replacing].filter(isDoubtful);
  if (inDoubt.length > 0 && isDoubtful !== undefined) {
    const certain = before.filter((row) => !isDoubtful(row));
    for (const row of newestByName(certain)) replacing.add(row);
  }
  return rows.filter((row) => timeOf(row) > startMs || replacing.has(row));
}

const EXCHANGE_RATES = `
SELECT currency, month_ms, usd_num, usd_den FROM exchange_rate e
WHERE source_id = ? AND withdrawn = 0 AND NOT EXISTS (
  SELECT 1 FROM exchange_rate n
  WHERE n.currency = e.currency AND n.month_ms = e.month_ms AND n.source_id = e.source_id
    AND (n.recorded_at_ms, n.version) > (e.recorded_at_ms, e.version)
)
ORDER BY currency, month_ms`;

/** The current exchange rates of a source. */
export function readExchangeRates(db: Database, sourceId: string): ExchangeRate[] {
  const rows = prepareExactQuery<[string, bigint, string, string]>(db, EXCHANGE_RATES)
    .raw()
    .all(sourceId);
  return rows.map(([currency, monthMs, num, den]) => ({
    sourceId,
    currency,
    monthMs: Number(monthMs),
    usdPerUnit: exact(BigInt(num), BigInt(den)),
  }));
}
