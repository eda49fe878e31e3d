/** Reads RunPod's GPU catalog as dated rates, and finds worker prices of serverless pools. */

import type { PricingClass } from '../../domain/charge.ts';
import { type Exact, isZero, larger, parseExact, smaller } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { type ObservationContext, readRecords } from '../records.ts';
import { type Gpu, gpu } from './wire.ts';

/**
 * Finds what pools leave without the excluded types. The GPU type is set if one is left, and the
 * price range if each type has a price.
 */
export type PoolLookup = (
  pools: readonly string[],
  excludedTypes: ReadonlySet<string>,
) => { readonly gpuType?: string; readonly usdPerGpuHour?: WorkerRate };

export interface GpuCatalog {
  readonly rates: readonly Located<GpuRate>[];
  readonly rejects: readonly Reject[];
  readonly warnings: readonly PullWarning[];
  readonly types: readonly Gpu[];
}

/**
 * List prices in US dollars per GPU hour, without negotiated discounts. A price of 0, or one of a
 * cloud that does not offer the type, is not a rate.
 */
export function readRunpodGpus(records: Iterable<unknown>, seen: ObservationContext): GpuCatalog {
  const { facts, ...trouble } = readRecords(records, gpu, (item) => item);
  const rates = facts.flatMap(({ position, fact }) =>
    ratesOf(fact, seen).map((rate) => ({ position, fact: rate })),
  );
  return { rates, ...trouble, types: facts.map(({ fact }) => fact) };
}

function ratesOf(item: Gpu, seen: ObservationContext): GpuRate[] {
  const offers: readonly [PricingClass, string | null | undefined][] = [
    ['on-demand', item.secure === false ? null : item.price.secure],
    ['community', item.community === false ? null : item.price.community],
    ['serverless', item.price.serverless],
  ];
  return offers.flatMap(([pricingClass, text]) => {
    const usdPerHour = parsePositiveRate(text);
    if (usdPerHour === undefined) return [];
    return {
      sourceId: seen.sourceId,
      provider: 'runpod',
      gpuType: item.id,
      pricingClass,
      validFromMs: seen.seenAtMs,
      usdPerGpuHour: nanoFromUsd(usdPerHour),
    };
  });
}

/** Returns the pool lookup of a catalog. */
export function createPoolLookup(items: readonly Gpu[]): PoolLookup {
  return (pools, excludedTypes) => {
    const typesByPool = pools.map((pool) =>
      items.filter((item) => item.pool === pool && !excludedTypes.has(item.id)),
    );
    const types = typesByPool.flat();
    const [first] = types;
    if (first === undefined || typesByPool.some((types) => types.length === 0)) return {};
    const prices = types.map((item) => parsePositiveRate(item.price.serverless));
    const known = prices.filter((price) => price !== undefined);
    return {
      ...(types.length === 1 ? { gpuType: first.id } : {}),
      ...(known.length < prices.length
        ? {}
        : { usdPerGpuHour: { low: known.reduce(smaller), high: known.reduce(larger) } }),
    };
  };
}

export interface HourlyRate {
  /** The part of the bill that it applies to. */
  readonly part: 'gpu' | 'cpu';
  /** US dollars per hour of the whole pod or cluster. */
  readonly usdPerHour: Exact;
}

/** List price of one worker hour, on the cheapest and the most expensive GPU it may get. */
export interface WorkerRate {
  readonly low: Exact;
  readonly high: Exact;
}

/** The price if it is above zero, and `undefined` otherwise. */
export function parsePositiveRate(text: string | null | undefined): Exact | undefined {
  const value = text === null || text === undefined ? undefined : parseExact(text);
  return value === undefined || isZero(value) || value.num < 0n ? undefined : value;
}
