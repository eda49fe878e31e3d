/** Computes the rate per GPU at each provider from the rows of a catalog. */

import type { PricingClass } from '../../domain/charge.ts';
import { compare, divide, type Exact, exact, parseExact } from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { type GpuKind, formatGpu } from '../../domain/gpu.ts';
import { invariant } from '../../domain/failure.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { readRows, type ObservationContext } from '../records.ts';
import type { PriceTableRow } from './table.ts';

/** One catalog row: a machine type with a price per pricing class. */
export interface CatalogMachine {
  readonly name: string;
  /** The catalog's name of the GPU, for messages. */
  readonly gpuName: string;
  /** `undefined` if unknown, or if two memory sizes in the row disagree. */
  readonly gpu: GpuKind | undefined;
  /** Number of GPUs, as written. */
  readonly gpus: string;
  readonly region: string;
  readonly prices: readonly { readonly pricingClass: PricingClass; readonly usd: string }[];
}

/** Form factor of a GPU in a machine name. */
export const FORM_FACTOR = /(?<![a-z])(?:sxm\d?|pcie|nvl)(?![a-z])/i;

/**
 * Parses a row. Returns `undefined` if it offers no GPU to the public, and a string for a fault.
 */
export type ReadMachine = (row: PriceTableRow) => CatalogMachine | undefined | string;

export interface GpuCatalogContext extends ObservationContext {
  readonly provider: string;
  readonly regions: readonly string[] | undefined;
}

interface GpuPrice {
  readonly gpu: string;
  readonly pricingClass: PricingClass;
  readonly machine: string;
  readonly region: string;
  readonly usdPerGpuHour: Exact;
}

/** Plausible US dollars per GPU hour. A price outside is in another unit or an error. */
const LEAST_USD = exact(1n, 1000n);
const MOST_USD = exact(1000n);
const MOST_GPUS = exact(1024n);

/** A table row with its machine, or its fault. */
export interface ReadTableRow {
  readonly row: PriceTableRow;
  readonly machine: CatalogMachine | string;
}

/** Parses all rows and drops those without a GPU for rent. */
export function readMachines(rows: readonly PriceTableRow[], read: ReadMachine): ReadTableRow[] {
  return rows.flatMap((row) => {
    const machine = read(row);
    return machine === undefined ? [] : [{ row, machine }];
  });
}

/**
 * Computes the rate of each GPU and pricing class: the median price per GPU over machines and
 * regions, the lower of two middle values. One GPU at $1.80, two at $3.60 and eight at $17.07 make
 * $1.80. Each region's own median is added. Catalog prices are per machine; a price of 0 means
 * unknown.
 */
export function computeGpuRates(
  all: readonly ReadTableRow[],
  context: GpuCatalogContext,
): { rates: Located<GpuRate>[]; rejects: Reject[]; warnings: PullWarning[] } {
  const leftOut = new Map<string, number>();
  const rows = all.map(({ row }) => row);
  const { facts, rejects, warnings } = readRows(rows, (_row, at) => {
    const machine = all[at]?.machine ?? [];
    if (typeof machine === 'string') return machine;
    return 'gpu' in machine && isWanted(machine, context) ? gpuPricesOf(machine, leftOut) : [];
  });
  const rates = [...Map.groupBy(facts, ({ fact }) => `${fact.gpu} ${fact.pricingClass}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, gpuPrices]) => rateOf(gpuPrices, context));
  return { rates, rejects, warnings: [...warnings, ...leftOutWarnings(context.provider, leftOut)] };
}

function isWanted({ region }: CatalogMachine, { regions }: GpuCatalogContext): boolean {
  return regions === undefined || regions.some((pattern) => matchesGlob(pattern, region));
}

function gpuPricesOf(machine: CatalogMachine, leftOut: Map<string, number>): GpuPrice[] | string {
  const { name, gpu, gpuName, region, prices } = machine;
  const gpus = parseExact(machine.gpus);
  if (gpus === undefined || gpus.num < 0n || compare(gpus, MOST_GPUS) > 0) {
    return `invalid number of GPUs: ${machine.gpus}`;
  }
  const isWhole = gpus.den === 1n && gpus.num > 0n;
  if (gpu?.memoryGb === undefined || !isWhole) {
    // Fractions of a GPU and unknown GPUs cannot be compared.
    const called = gpuName.slice(0, 60);
    leftOut.set(called, (leftOut.get(called) ?? 0) + 1);
    return [];
  }
  const gpuPrices: GpuPrice[] = [];
  for (const { pricingClass, usd } of prices) {
    const price = parseExact(usd);
    if (price === undefined) return `invalid price: ${usd.slice(0, 40)}`;
    if (price.num === 0n) continue;
    const usdPerGpuHour = divide(price, gpus);
    if (compare(usdPerGpuHour, LEAST_USD) < 0 || compare(usdPerGpuHour, MOST_USD) > 0) {
      return `implausible price: ${usd.slice(0, 40)} US dollars per hour (GPUs: ${machine.gpus})`;
    }
    gpuPrices.push({ gpu: formatGpu(gpu), pricingClass, machine: name, region, usdPerGpuHour });
  }
  return gpuPrices;
}

function rateOf(
  gpuPrices: readonly Located<GpuPrice>[],
  context: GpuCatalogContext,
): Located<GpuRate> {
  const median = medianOf(gpuPrices);
  const { gpu: gpuType, pricingClass, usdPerGpuHour } = median.fact;
  const { sourceId, seenAtMs: validFromMs, provider } = context;
  const fact = { sourceId, provider, gpuType, pricingClass, validFromMs };
  return {
    position: median.position,
    fact: {
      ...fact,
      usdPerGpuHour: nanoFromUsd(usdPerGpuHour),
      secondHand: true,
      ...regionsOf(gpuPrices),
    },
  };
}

/** A machine counts once per region and price, however often it is listed. */
function medianOf(gpuPrices: readonly Located<GpuPrice>[]): Located<GpuPrice> {
  const unique = new Map(
    gpuPrices.map((gpuPrice) => {
      const { machine, region, usdPerGpuHour } = gpuPrice.fact;
      return [JSON.stringify([machine, region, `${nanoFromUsd(usdPerGpuHour)}`]), gpuPrice];
    }),
  );
  const sorted = [...unique.values()].sort(
    (a, b) => compare(a.fact.usdPerGpuHour, b.fact.usdPerGpuHour) || a.position - b.position,
  );
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  invariant(median !== undefined, 'a GPU without a price');
  return median;
}

/** Rows without a region count in no region. */
function regionsOf(gpuPrices: readonly Located<GpuPrice>[]): Pick<GpuRate, 'regions'> {
  const named = gpuPrices.filter(({ fact }) => fact.region !== '');
  const regions = [...Map.groupBy(named, ({ fact }) => fact.region)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([region, inRegion]) => ({
      region,
      usdPerGpuHour: nanoFromUsd(medianOf(inRegion).fact.usdPerGpuHour),
    }));
  return regions.length === 0 ? {} : { regions };
}

/** At most this many names are listed in the warning. */
const MOST_NAMES = 8;

function leftOutWarnings(provider: string, leftOut: ReadonlyMap<string, number>): PullWarning[] {
  if (leftOut.size === 0) return [];
  const rows = [...leftOut.values()].reduce((sum, count) => sum + count, 0);
  const names = [...leftOut.keys()].sort();
  return [
    {
      code: 'catalog-rows-skipped',
      provider,
      rows,
      names: names.slice(0, MOST_NAMES),
      nameCount: names.length,
    },
  ];
}
