/** Stores GPU rates by region in a row, and reads those in force. */

import { nanoUsd, type NanoUsd, nanoUsdPerMtok } from '../domain/money.ts';
import {
  type DailyWindow,
  type GpuRate,
  PER_MTOK,
  type PriceOverride,
  type RegionRate,
} from '../domain/price.ts';
import { and, asc, eq, lte, type Store } from './store.ts';
import { inForce } from './rows.ts';
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

/** Nano-dollars are strings, because numbers in JSON are often read as doubles. */
interface StoredOverride {
  readonly minPromptTokens?: number;
  readonly utc?: DailyWindow;
  readonly inputPerMtok?: string;
  readonly cachedInputPerMtok?: string;
  readonly cacheWritePerMtok?: string;
  readonly outputPerMtok?: string;
  readonly perRequest?: string;
}

/** `[{"minPromptTokens":200000,"inputPerMtok":"5000000000"}]`, or `null` without overrides. */
export function toOverridesJson(overrides: readonly PriceOverride[] = []): string | null {
  if (overrides.length === 0) return null;
  return JSON.stringify(overrides.map(toStored));
}

function toStored({ minPromptTokens, utc, perRequest, ...prices }: PriceOverride): StoredOverride {
  const known = PER_MTOK.flatMap((name) => {
    const price = prices[name];
    return price === undefined ? [] : [[name, String(price)] as const];
  });
  return {
    ...(minPromptTokens === undefined ? {} : { minPromptTokens }),
    ...(utc === undefined ? {} : { utc: orderedWindow(utc) }),
    ...Object.fromEntries(known),
    ...(perRequest === undefined ? {} : { perRequest: String(perRequest) }),
  };
}

/** In a fixed key order, so that equal windows give equal text. */
function orderedWindow({ startMinute, endMinute, days }: DailyWindow): DailyWindow {
  return { startMinute, endMinute, ...(days === undefined ? {} : { days }) };
}

export function parseOverrides(text: string | null): readonly PriceOverride[] | undefined {
  if (text === null) return undefined;
  return (JSON.parse(text) as StoredOverride[]).map(({ minPromptTokens, utc, ...prices }) => {
    const known = PER_MTOK.flatMap((name) => {
      const price = prices[name];
      return price === undefined ? [] : [[name, nanoUsdPerMtok(BigInt(price))] as const];
    });
    const perRequest: NanoUsd | undefined =
      prices.perRequest === undefined ? undefined : nanoUsd(BigInt(prices.perRequest));
    return {
      ...(minPromptTokens === undefined ? {} : { minPromptTokens }),
      ...(utc === undefined ? {} : { utc }),
      ...Object.fromEntries(known),
      ...(perRequest === undefined ? {} : { perRequest }),
    };
  });
}
