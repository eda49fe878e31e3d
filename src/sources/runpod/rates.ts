/** RunPod's GPU catalog as dated rates, and what a worker of a serverless pool costs. */

import type { PricingClass } from '../../domain/charge.ts';
import { compare, type Exact } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import { positive } from './hourlyRate.ts';
import { readRecords, type Seen } from '../records.ts';
import { type Gpu, gpu } from './wire.ts';

/** What a pool without some types leaves: one type, one price, either, or neither. */
export type Pools = (
  pool: string,
  excludedTypes: ReadonlySet<string>,
) => { readonly gpuType?: string; readonly usdPerGpuHour?: Exact };

export interface Catalog {
  readonly rates: readonly Located<GpuRate>[];
  readonly rejects: readonly Reject[];
  readonly warnings: readonly string[];
  readonly types: readonly Gpu[];
}

/**
 * List prices in USD an hour for one GPU; negotiated discounts are not in them. A price of 0, or
 * one of a cloud that does not offer the type, is no rate.
 */
export function readGpus(records: Iterable<unknown>, seen: Seen): Catalog {
  const { facts, ...trouble } = readRecords(records, gpu, (item) => item);
  const rates = facts.flatMap(({ position, fact }) =>
    ratesOf(fact, seen).map((rate) => ({ position, fact: rate })),
  );
  return { rates, ...trouble, types: facts.map(({ fact }) => fact) };
}

function ratesOf(item: Gpu, seen: Seen): GpuRate[] {
  const offers: readonly [PricingClass, string | null | undefined][] = [
    ['on-demand', item.secure === false ? null : item.price.secure],
    ['community', item.community === false ? null : item.price.community],
    ['serverless', item.price.serverless],
  ];
  return offers.flatMap(([pricingClass, text]) => {
    const usdPerHour = positive(text);
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

/** What the pools of a whole catalog leave. */
export function poolsOf(items: readonly Gpu[]): Pools {
  return (pool, excludedTypes) => {
    const left = items.filter((item) => item.pool === pool && !excludedTypes.has(item.id));
    const [first] = left;
    if (first === undefined) return {};
    const price = positive(first.price.serverless);
    const prices = left.map((item) => positive(item.price.serverless));
    const same =
      price !== undefined && prices.every((other) => other && compare(other, price) === 0);
    return {
      ...(left.length === 1 ? { gpuType: first.id } : {}),
      ...(same ? { usdPerGpuHour: price } : {}),
    };
  };
}
