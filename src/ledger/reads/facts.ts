/** Knows how resources, rates and hours worked are read back as of a time. */

import type { Resource } from '../../domain/charge.ts';
import { nanoUsd } from '../../domain/money.ts';
import type { OpsEntry } from '../../domain/ops.ts';
import type { Period } from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';
import { and, asc, eq, gte, lt } from '../drizzle.ts';
import { inForce } from '../inForce.ts';
import type { Store } from '../store.ts';
import { opsEntries, resourcesSeen } from '../tables/bill.ts';
import { gpuRates } from '../tables/price.ts';
import { known } from './known.ts';

/** Every snapshot of every resource, oldest first. */
export function readResources({ orm }: Store, asOfMs: number): Resource[] {
  const { sourceId, resourceId, seenAtMs } = resourcesSeen;
  const rows = orm
    .select()
    .from(resourcesSeen)
    .where(inForce(resourcesSeen, [sourceId, resourceId, seenAtMs], asOfMs))
    .orderBy(asc(seenAtMs), asc(sourceId), asc(resourceId))
    .all();
  return rows.map((row) => ({
    sourceId: row.sourceId,
    resourceId: row.resourceId,
    kind: row.kind,
    name: row.name,
    seenAtMs: row.seenAtMs,
    ...known({
      gpuType: row.gpuType,
      gpuCount: row.gpuCount,
      usdPerHour: row.nanoUsdPerHour === null ? null : nanoUsd(row.nanoUsdPerHour),
      status: row.status,
    }),
  }));
}

/** Rates oldest first; one that says what was in force already is left out. */
export function readGpuRates({ orm }: Store, asOfMs: number): GpuRate[] {
  const { sourceId, provider, gpuType, pricingClass, validFromMs } = gpuRates;
  const key = [sourceId, provider, gpuType, pricingClass];
  const rows = orm
    .select()
    .from(gpuRates)
    .where(and(eq(gpuRates.withdrawn, false), inForce(gpuRates, [...key, validFromMs], asOfMs)))
    .orderBy(asc(validFromMs), ...key.map((column) => asc(column)))
    .all();
  const standing = new Map<string, bigint>();
  return rows.flatMap(({ sourceId: source, usdPerGpuHour, ...row }) => {
    const rate = {
      sourceId: source,
      provider: row.provider,
      gpuType: row.gpuType,
      pricingClass: row.pricingClass,
      validFromMs: row.validFromMs,
    };
    const name = [rate.sourceId, rate.provider, rate.gpuType, rate.pricingClass].join('\n');
    if (standing.get(name) === usdPerGpuHour) return [];
    standing.set(name, usdPerGpuHour);
    return [{ ...rate, usdPerGpuHour: nanoUsd(usdPerGpuHour) }];
  });
}

/** Entries of the days inside the window, oldest first. */
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
    ...known({ deployment, note }),
  }));
}
