/** Reads RunPod's GPU catalog and its inventories, with what the bill needs of them. */

import type { z } from 'zod';
import type { PricingClass, Resource } from '../../domain/charge.ts';
import { add, type Exact, exactInteger, larger, multiply, smaller } from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { HOUR_MS, type Period } from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { readRecords, type ObservationContext } from '../records.ts';
import type { EndpointWorkers } from './workers.ts';
import {
  type RunpodCluster,
  runpodCluster,
  type RunpodEndpoint,
  runpodEndpoint,
  type Gpu,
  gpu,
  parsePositiveRate,
  type Pod,
  pod,
  runpodVolume,
} from './wire.ts';

interface HourlyRate {
  /** The part of the bill that it applies to. */
  readonly part: 'gpu' | 'cpu';
  /** US dollars per hour of the whole pod or cluster. */
  readonly usdPerHour: Exact;
}

/** List price of one worker hour, on the cheapest and the most expensive GPU it may get. */
interface WorkerRate {
  readonly low: Exact;
  readonly high: Exact;
}

/** What the inventory of the same pull provides for a billed resource. */
export interface RunpodDetails {
  readonly name?: string;
  readonly gpuType?: string;
  readonly gpuCount?: number;
  readonly pricingClass?: PricingClass;
  /** Hourly cost, and the part of the bill it applies to. */
  readonly rate?: HourlyRate;
  /** Hourly cost of each worker, if several run under one id. */
  readonly worker?: WorkerRate;
  /** When its workers were observed to run. */
  readonly workers?: EndpointWorkers;
  /** Period in which it certainly ran without a break and is certainly billed. */
  readonly ran?: Period;
  /** Id of the cluster that the pod is a node of. */
  readonly clusterId?: string;
}

export interface RunpodInventory {
  readonly resources: readonly Located<Resource>[];
  readonly rejects: readonly Reject[];
  readonly warnings: readonly PullWarning[];
  readonly detailsById: ReadonlyMap<string, RunpodDetails>;
}

/** Longest delay until an hour is on the bill. */
const BILLED_AFTER_MS = 2 * HOUR_MS;

/**
 * Reads pods. `cost` is the whole pod's current rate, and 0 while stopped, which does not reveal
 * its rate. RunPod does not report spot pods: `spot` has their names, with `*` as a wildcard.
 * Cluster nodes are left out, because the cluster is the resource.
 */
export function readPods(
  records: Iterable<unknown>,
  seen: ObservationContext,
  spot: readonly string[] = [],
): RunpodInventory {
  const holding = (item: Pod) => podHolding(item, seen, spot);
  const { resources, ...rest } = readInventory(
    { records, schema: pod, kind: 'pod', seen },
    holding,
  );
  const withoutNodes = resources.filter(
    ({ fact }) => rest.detailsById.get(fact.resourceId)?.clusterId === undefined,
  );
  return { resources: withoutNodes, ...rest };
}

/** Reads clusters. The hourly cost is the sum of all nodes, if each is known. */
export function readRunpodClusters(
  records: Iterable<unknown>,
  seen: ObservationContext,
  pods: ReadonlyMap<string, RunpodDetails>,
): RunpodInventory {
  const holding = (item: RunpodCluster) => clusterHolding(item, pods);
  return readInventory({ records, schema: runpodCluster, kind: 'cluster', seen }, holding);
}

/** Reads serverless endpoints. The worker rate ranges over the prices of their GPU pools. */
export function readRunpodEndpoints(
  records: Iterable<unknown>,
  seen: ObservationContext,
  pools: PoolLookup,
): RunpodInventory {
  const holding = (item: RunpodEndpoint) => endpointHolding(item, pools);
  return readInventory({ records, schema: runpodEndpoint, kind: 'serverless', seen }, holding);
}

export function readRunpodVolumes(
  records: Iterable<unknown>,
  seen: ObservationContext,
): RunpodInventory {
  return readInventory({ records, schema: runpodVolume, kind: 'volume', seen }, named);
}

interface Listing<T> {
  readonly records: Iterable<unknown>;
  readonly schema: z.ZodType<T>;
  readonly kind: Resource['kind'];
  readonly seen: ObservationContext;
}

type Named = {
  readonly id: string;
  readonly name?: string | null | undefined;
  readonly status?: string | null | undefined;
};

function readInventory<T extends Named>(
  listing: Listing<T>,
  holdingOf: (item: T) => RunpodDetails,
) {
  const holdings = new Map<string, RunpodDetails>();
  const { facts, ...trouble } = readRecords(listing.records, listing.schema, (item): Resource => {
    const holding = holdingOf(item);
    holdings.set(item.id, holding);
    return resourceOf(item, holding, listing);
  });
  return { resources: facts, ...trouble, detailsById: holdings };
}

function resourceOf<T>(item: Named, holding: RunpodDetails, { kind, seen }: Listing<T>): Resource {
  const { gpuType, gpuCount, rate } = holding;
  return {
    sourceId: seen.sourceId,
    resourceId: item.id,
    kind,
    name: holding.name ?? item.id,
    ...(gpuType === undefined ? {} : { gpuType }),
    ...(gpuCount === undefined ? {} : { gpuCount }),
    ...(rate === undefined ? {} : { usdPerHour: nanoFromUsd(rate.usdPerHour) }),
    ...(item.status === null || item.status === undefined ? {} : { status: item.status }),
    seenAtMs: seen.seenAtMs,
  };
}

function named(item: Named): RunpodDetails {
  return item.name === null || item.name === undefined || item.name === ''
    ? {}
    : { name: item.name };
}

const CLASS_OF = { SECURE: 'on-demand', COMMUNITY: 'community' } as const;

function podHolding(
  item: Pod,
  { seenAtMs }: ObservationContext,
  spot: readonly string[],
): RunpodDetails {
  const usdPerHour = parsePositiveRate(item.cost);
  const part = item.gpu === null || item.gpu === undefined ? 'cpu' : 'gpu';
  const { name } = named(item);
  const isSpot = name !== undefined && spot.some((pattern) => matchesGlob(pattern, name));
  const isRunning = item.status === 'RUNNING' && typeof item.startedAt === 'number';
  return {
    ...named(item),
    ...(item.gpu ? { gpuType: item.gpu.id, gpuCount: item.gpu.count } : {}),
    ...(item.cloud === null || item.cloud === undefined
      ? {}
      : { pricingClass: CLASS_OF[item.cloud] }),
    ...(isSpot ? { pricingClass: 'spot' as const } : {}),
    ...(usdPerHour === undefined ? {} : { rate: { part, usdPerHour } }),
    ...(isRunning
      ? { ran: { startMs: item.startedAt ?? seenAtMs, endMs: seenAtMs - BILLED_AFTER_MS } }
      : {}),
    ...(item.cluster ? { clusterId: item.cluster.id } : {}),
  };
}

function clusterHolding(
  item: RunpodCluster,
  pods: ReadonlyMap<string, RunpodDetails>,
): RunpodDetails {
  const { compute } = item;
  if (compute === null || compute === undefined) return named(item);
  const nodes = [...pods.values()].filter(({ clusterId }) => clusterId === item.id);
  const rates = nodes.flatMap(({ rate }) => (rate === undefined ? [] : [rate.usdPerHour]));
  const isKnown = rates.length === nodes.length && nodes.length === compute.podCount;
  const usdPerHour = isKnown ? rates.reduce((sum: Exact, rate) => add(sum, rate)) : undefined;
  return {
    ...named(item),
    gpuType: compute.gpuTypeId,
    gpuCount: compute.podCount * compute.gpuCountPerPod,
    ...(usdPerHour === undefined ? {} : { rate: { part: 'gpu', usdPerHour } }),
  };
}

function endpointHolding(item: RunpodEndpoint, pools: PoolLookup): RunpodDetails {
  const { gpu: asked } = item;
  if (asked === null || asked === undefined) return named(item);
  const gpuCount = asked.count ?? 1;
  const { gpuType, usdPerGpuHour } = pools(asked.pools ?? [], new Set(asked.excludedTypes));
  const ofWorker = (price: Exact) => multiply(price, exactInteger(gpuCount));
  return {
    ...named(item),
    gpuCount,
    ...(gpuType === undefined ? {} : { gpuType }),
    ...(usdPerGpuHour === undefined
      ? {}
      : { worker: { low: ofWorker(usdPerGpuHour.low), high: ofWorker(usdPerGpuHour.high) } }),
  };
}

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
