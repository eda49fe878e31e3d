/** Stores GPU rates by region in a row, and reads those in force. */

import { nanoUsd } from '../domain/money.ts';
import type { GpuRate, RegionRate } from '../domain/price.ts';
import { and, asc, eq, lte } from './drizzle.ts';
import { inForce } from './inForce.ts';
import type { Store } from './store.ts';
import { gpuRates } from './tables/price.ts';

/** `{"eu-west-1":2950000000}`, by name, or null without regions. */
export function toRegionsJson(regions: readonly RegionRate[] | undefined): string | null {
  if (regions === undefined || regions.length === 0) return null;
  const sorted = regions.toSorted((a, b) => (a.region < b.region ? -1 : 1));
  const entries = sorted.map(({ region, usdPerGpuHour }) => [region, Number(usdPerGpuHour)]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** The rates by region of one GPU rate. */
export type RegionalRate = Required<Pick<GpuRate, 'regions'>> &
  Pick<GpuRate, 'sourceId' | 'provider' | 'gpuType' | 'pricingClass' | 'secondHand'>;

/** The GPU rates with regions that are in force at `atMs`. */
export function readRegionalRates({ orm }: Store, asOfMs: number, atMs: number): RegionalRate[] {
  const { sourceId, provider, gpuType, pricingClass, validFromMs, withdrawn } = gpuRates;
  const key = [sourceId, provider, gpuType, pricingClass, validFromMs];
  const rows = orm
    .select()
    .from(gpuRates)
    .where(and(eq(withdrawn, false), lte(validFromMs, atMs), inForce(gpuRates, key, asOfMs)))
    .orderBy(asc(validFromMs), ...key.map((column) => asc(column)))
    .all();
  const newest = new Map(
    rows.map((row) => [
      [row.sourceId, row.provider, row.gpuType, row.pricingClass, row.secondHand].join('\n'),
      row,
    ]),
  );
  return [...newest.values()].flatMap((row) => {
    if (row.regionsJson === null) return [];
    const stored = JSON.parse(row.regionsJson) as Record<string, number>;
    const regions = Object.entries(stored).map(([region, nano]) => ({
      region,
      usdPerGpuHour: nanoUsd(BigInt(nano)),
    }));
    const { sourceId: source, provider: who, gpuType: gpu, pricingClass: how } = row;
    const rate = { sourceId: source, provider: who, gpuType: gpu, pricingClass: how, regions };
    return [row.secondHand === true ? { ...rate, secondHand: true as const } : rate];
  });
}
