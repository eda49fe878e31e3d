/** Reads resources, GPU rates and worked hours as of a time. */

import type { Resource } from '../../domain/charge.ts';
import { nanoUsd } from '../../domain/money.ts';
import type { OpsEntry } from '../../domain/provenance.ts';
import { DAY_MS, dayStartMs, type Period } from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';
import { GONE_STATUS } from '../../domain/uptime.ts';
import { prepareQuery } from '../statement.ts';
import { and, asc, eq, gte, isNull, lt, lte, sql, type Store } from '../store.ts';
import { definedFields, inForce } from '../rows.ts';
import { opsEntries, resourcesSeen } from '../tables/bill.ts';
import { gpuRates } from '../tables/price.ts';
import { fetches } from '../tables/provenance.ts';

/** All snapshots of all resources, or of one source's, oldest first. */
export function readResources({ orm }: Store, asOfMs: number, onlySourceId?: string): Resource[] {
  const { sourceId, resourceId, seenAtMs } = resourcesSeen;
  const only = onlySourceId === undefined ? [] : [eq(sourceId, onlySourceId)];
  const rows = orm
    .select()
    .from(resourcesSeen)
    .where(and(...only, inForce(resourcesSeen, [sourceId, resourceId, seenAtMs], asOfMs)))
    .orderBy(asc(seenAtMs), asc(sourceId), asc(resourceId))
    .all();
  return rows.map(toResource);
}

function toResource(row: typeof resourcesSeen.$inferSelect): Resource {
  return {
    sourceId: row.sourceId,
    resourceId: row.resourceId,
    kind: row.kind,
    name: row.name,
    seenAtMs: row.seenAtMs,
    ...definedFields({
      gpuType: row.gpuType,
      gpuCount: row.gpuCount,
      usdPerHour: row.nanoUsdPerHour === null ? null : nanoUsd(row.nanoUsdPerHour),
      status: row.status,
    }),
  };
}

interface SightingChoice {
  readonly sourceId: string;
  readonly kind: Resource['kind'];
  readonly window: Period;
  readonly asOfMs: number;
}

/**
 * All snapshots of the resources of a kind that may have existed since the day before the window.
 */
export function readSightings({ orm }: Store, choice: SightingChoice): Resource[] {
  const { sourceId, resourceId, kind, seenAtMs } = resourcesSeen;
  const { asOfMs } = choice;
  const sinceMs = dayBeforeMs(choice.window);
  const recent = sql`${resourceId} IN (
    SELECT resource_id FROM (
      SELECT resource_id, status, max(seen_at_ms) AS last_ms FROM resource_seen
      WHERE source_id = ${choice.sourceId} AND kind = ${choice.kind}
        AND recorded_at_ms <= ${asOfMs}
      GROUP BY resource_id)
    WHERE last_ms >= ${sinceMs} OR status IS NOT ${GONE_STATUS})`;
  return orm
    .select()
    .from(resourcesSeen)
    .where(
      and(
        eq(sourceId, choice.sourceId),
        eq(kind, choice.kind),
        recent,
        inForce(resourcesSeen, [sourceId, resourceId, seenAtMs], asOfMs),
      ),
    )
    .orderBy(asc(seenAtMs), asc(resourceId))
    .all()
    .map(toResource);
}

function dayBeforeMs({ startMs }: Period): number {
  return dayStartMs(startMs) - DAY_MS;
}

/** Listings that were read without failures and rejects, oldest first. */
export function readListingUrls(
  { orm }: Store,
  { sourceId, kind, window, asOfMs }: ListingChoice,
): { url: string; atMs: number; status?: number }[] {
  const { url, startedAtMs: atMs, status } = fetches;
  return orm
    .select({ url, atMs, status })
    .from(fetches)
    .where(
      and(
        eq(fetches.sourceId, sourceId),
        eq(fetches.kind, kind),
        gte(atMs, dayBeforeMs(window)),
        isNull(fetches.failureCode),
        eq(fetches.finished, true),
        eq(fetches.rejected, 0),
        lte(fetches.recordedAtMs, asOfMs),
      ),
    )
    .orderBy(asc(atMs))
    .all()
    .map(({ status: code, ...row }) => ({ ...row, ...definedFields({ status: code }) }));
}

/** Rates, oldest first. A row that repeats the rate in force is left out. */
export function readGpuRates({ orm }: Store, asOfMs: number): GpuRate[] {
  const { sourceId, provider, gpuType, pricingClass, validFromMs } = gpuRates;
  const key = [sourceId, provider, gpuType, pricingClass];
  const rows = orm
    .select()
    .from(gpuRates)
    .where(and(eq(gpuRates.withdrawn, false), inForce(gpuRates, [...key, validFromMs], asOfMs)))
    .orderBy(asc(validFromMs), ...key.map((column) => asc(column)))
    .all();
  const inForceRates = new Map<string, bigint>();
  return rows.flatMap(({ sourceId: source, usdPerGpuHour, ...row }) => {
    const rate = {
      sourceId: source,
      provider: row.provider,
      gpuType: row.gpuType,
      pricingClass: row.pricingClass,
      validFromMs: row.validFromMs,
    };
    // A catalog's last rate must not hide an earlier rate of the provider itself.
    const isSecondHand = row.secondHand === true;
    const { sourceId: by, provider: who, gpuType: what, pricingClass: how } = rate;
    const name = [by, who, what, how, isSecondHand].join('\n');
    if (inForceRates.get(name) === usdPerGpuHour) return [];
    inForceRates.set(name, usdPerGpuHour);
    const secondHand = isSecondHand ? { secondHand: true as const } : {};
    return [{ ...rate, usdPerGpuHour: nanoUsd(usdPerGpuHour), ...secondHand }];
  });
}

/**
 * The times at which a source was listed completely, oldest first, from the last one before the
 * window on.
 */
export function readListings(
  { db }: Store,
  { sourceId, kind, window, asOfMs }: ListingChoice,
): number[] {
  const parameters = { sourceId, kind, fromMs: window.startMs, asOfMs };
  return prepareQuery<number>(db, LISTINGS)
    .pluck()
    .all(parameters)
    .sort((a, b) => a - b);
}

export interface ListingChoice {
  readonly sourceId: string;
  /** The kind of the listing fetches. */
  readonly kind: string;
  readonly window: Period;
  readonly asOfMs: number;
}

const LISTINGS = `
WITH listing AS (
  SELECT started_at_ms AS at FROM fetch
  WHERE source_id = :sourceId AND kind = :kind AND failure_code IS NULL AND finished = 1
    AND recorded_at_ms <= :asOfMs)
SELECT DISTINCT at FROM listing
WHERE at >= coalesce((SELECT max(at) FROM listing WHERE at < :fromMs), :fromMs)`;

/** Entries of the days in the window, oldest first. */
export function readOpsEntries({ orm }: Store, window: Period, asOfMs: number): OpsEntry[] {
  const rows = orm
    .select()
    .from(opsEntries)
    .where(
      and(
        gte(opsEntries.dayMs, window.startMs),
        lt(opsEntries.dayMs, window.endMs),
        eq(opsEntries.withdrawn, false),
        inForce(opsEntries, [opsEntries.sourceId, opsEntries.key], asOfMs),
      ),
    )
    .orderBy(asc(opsEntries.dayMs), asc(opsEntries.sourceId), asc(opsEntries.key))
    .all();
  return rows.map(({ sourceId, key, dayMs, workedMs, deployment, note }) => ({
    sourceId,
    key,
    dayMs,
    workedMs,
    ...definedFields({ deployment, note }),
  }));
}
