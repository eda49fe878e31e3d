/** From the rows of a catalog to the rate of one GPU at each provider. */

import type { PricingClass } from '../../domain/charge.ts';
import { counted } from '../../domain/counted.ts';
import { compare, divide, type Exact, exact, parseExact } from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { type GpuKind, gpuText } from '../../domain/gpu.ts';
import { invariant } from '../../domain/invariant.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import { readRows, type Seen } from '../records.ts';
import type { TableRow } from './table.ts';

/** What a row of a catalog offers: one machine, at a price for each class. */
export interface Machine {
  readonly name: string;
  /** As the catalog calls its GPU, for words. */
  readonly gpuName: string;
  /** `undefined` where it is not understood, or its memory is told twice and not alike. */
  readonly gpu: GpuKind | undefined;
  /** GPUs, as written. */
  readonly gpus: string;
  readonly region: string;
  readonly prices: readonly { readonly pricingClass: PricingClass; readonly usd: string }[];
}

/** How a GPU is built in, as names of machines have it. */
export const FORM = /(?<![a-z])(?:sxm\d?|pcie|nvl)(?![a-z])/i;

/** A machine; nothing where the row is of none with a GPU that anyone may rent; or why not. */
export type ReadMachine = (row: TableRow) => Machine | undefined | string;

export interface CatalogWish extends Seen {
  readonly provider: string;
  readonly regions: readonly string[] | undefined;
}

interface Ask {
  readonly gpu: string;
  readonly pricingClass: PricingClass;
  readonly machine: string;
  readonly region: string;
  readonly usdPerGpuHour: Exact;
}

/** Outside of this no GPU is rented: another unit, or a slip. */
const LEAST_USD = exact(1n, 1000n);
const MOST_USD = exact(1000n);
const MOST_GPUS = exact(1024n);

/** A row of a table as the machine that it offers, or what is wrong with it. */
export interface ReadTableRow {
  readonly row: TableRow;
  readonly machine: Machine | string;
}

/** Each row once; those of machines that nobody may rent, or without a GPU, are left out. */
export function machinesIn(rows: readonly TableRow[], read: ReadMachine): ReadTableRow[] {
  return rows.flatMap((row) => {
    const machine = read(row);
    return machine === undefined ? [] : [{ row, machine }];
  });
}

/**
 * The rate of each GPU and class: the median over machines and regions of what one GPU costs in
 * them, and of two in the middle the cheaper. One at $1.80, two at $3.60 and eight at $17.07 make
 * $1.80. Beside it stands the same of each region alone. A price is that of the whole machine; one
 * of 0 is not told.
 */
export function readCatalog(
  all: readonly ReadTableRow[],
  wish: CatalogWish,
): { rates: Located<GpuRate>[]; rejects: Reject[]; warnings: string[] } {
  const leftOut = new Map<string, number>();
  const rows = all.map(({ row }) => row);
  const { facts, rejects, warnings } = readRows(rows, (_row, at) => {
    const machine = all[at]?.machine ?? [];
    if (typeof machine === 'string') return machine;
    return 'gpu' in machine && isWanted(machine, wish) ? asksOf(machine, leftOut) : [];
  });
  const rates = [...Map.groupBy(facts, ({ fact }) => `${fact.gpu} ${fact.pricingClass}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, asks]) => rateOf(asks, wish));
  return { rates, rejects, warnings: [...warnings, ...leftOutWarnings(wish.provider, leftOut)] };
}

function isWanted({ region }: Machine, { regions }: CatalogWish): boolean {
  return regions === undefined || regions.some((pattern) => matchesGlob(pattern, region));
}

function asksOf(machine: Machine, leftOut: Map<string, number>): Ask[] | string {
  const { name, gpu, gpuName, region, prices } = machine;
  const gpus = parseExact(machine.gpus);
  if (gpus === undefined || gpus.num < 0n || compare(gpus, MOST_GPUS) > 0) {
    return `invalid number of GPUs: ${machine.gpus}`;
  }
  const isWhole = gpus.den === 1n && gpus.num > 0n;
  if (gpu?.memoryGb === undefined || !isWhole) {
    // A part of a GPU is no GPU, and what is not understood is compared with nothing.
    const called = gpuName.slice(0, 60);
    leftOut.set(called, (leftOut.get(called) ?? 0) + 1);
    return [];
  }
  const asks: Ask[] = [];
  for (const { pricingClass, usd } of prices) {
    const price = parseExact(usd);
    if (price === undefined) return `invalid price: ${usd.slice(0, 40)}`;
    if (price.num === 0n) continue;
    const usdPerGpuHour = divide(price, gpus);
    if (compare(usdPerGpuHour, LEAST_USD) < 0 || compare(usdPerGpuHour, MOST_USD) > 0) {
      return `implausible price: ${usd.slice(0, 40)} US dollars per hour (GPUs: ${machine.gpus})`;
    }
    asks.push({ gpu: gpuText(gpu), pricingClass, machine: name, region, usdPerGpuHour });
  }
  return asks;
}

function rateOf(asks: readonly Located<Ask>[], wish: CatalogWish): Located<GpuRate> {
  const median = medianOf(asks);
  const { gpu: gpuType, pricingClass, usdPerGpuHour } = median.fact;
  const { sourceId, seenAtMs: validFromMs, provider } = wish;
  const fact = { sourceId, provider, gpuType, pricingClass, validFromMs };
  return {
    position: median.position,
    fact: {
      ...fact,
      usdPerGpuHour: nanoFromUsd(usdPerGpuHour),
      secondHand: true,
      ...regionsOf(asks),
    },
  };
}

/** A machine is told once in its region, however often it is listed there at that price. */
function medianOf(asks: readonly Located<Ask>[]): Located<Ask> {
  const told = new Map(
    asks.map((ask) => {
      const { machine, region, usdPerGpuHour } = ask.fact;
      return [JSON.stringify([machine, region, `${nanoFromUsd(usdPerGpuHour)}`]), ask];
    }),
  );
  const sorted = [...told.values()].sort(
    (a, b) => compare(a.fact.usdPerGpuHour, b.fact.usdPerGpuHour) || a.position - b.position,
  );
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  invariant(median !== undefined, 'a GPU without a price');
  return median;
}

/** A row that does not name its region is in none of them. */
function regionsOf(asks: readonly Located<Ask>[]): Pick<GpuRate, 'regions'> {
  const named = asks.filter(({ fact }) => fact.region !== '');
  const regions = [...Map.groupBy(named, ({ fact }) => fact.region)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([region, of]) => ({
      region,
      usdPerGpuHour: nanoFromUsd(medianOf(of).fact.usdPerGpuHour),
    }));
  return regions.length === 0 ? {} : { regions };
}

/** More names than these are not told one by one. */
const MOST_NAMES = 8;

function leftOutWarnings(provider: string, leftOut: ReadonlyMap<string, number>): string[] {
  if (leftOut.size === 0) return [];
  const rows = [...leftOut.values()].reduce((sum, count) => sum + count, 0);
  const names = [...leftOut.keys()].sort();
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : '';
  return [
    `${counted(rows, 'row')} of ${provider} skipped: ` +
      `${names.slice(0, MOST_NAMES).join(', ')}${more}; parts of GPUs and GPUs of unclear ` +
      'model or memory are not compared',
  ];
}
