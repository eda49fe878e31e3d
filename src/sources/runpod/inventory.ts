/** RunPod's inventories read: resources, and what a bill may learn from them. */

import type { z } from 'zod';
import type { PricingClass, Resource } from '../../domain/charge.ts';
import { add, type Exact, exactInteger, multiply } from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { HOUR_MS, MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import { EVENT } from '../../domain/uptime.ts';
import { type HourlyRate, positive, type WorkerRate } from './hourlyRate.ts';
import type { Pools } from './rates.ts';
import { readRecords, type Seen } from '../records.ts';
import { WORKER_STATUS, workerPrefix, type WorkerTime } from './workerLog.ts';
import {
  type Cluster,
  cluster,
  type Endpoint,
  endpoint,
  type Gpu,
  type Pod,
  pod,
  volume,
  type Worker,
  worker,
} from './wire.ts';

/** What the inventory of the same pull says of a billed resource. */
export interface Holding {
  readonly name?: string;
  readonly gpuType?: string;
  readonly gpuCount?: number;
  readonly pricingClass?: PricingClass;
  /** What an hour costs, and which part of the bill that explains. */
  readonly rate?: HourlyRate;
  /** What an hour of each worker costs, where many run under one id. */
  readonly worker?: WorkerRate;
  /** When its workers ran, as far as they were seen. */
  readonly workers?: WorkerTime;
  /** When it surely ran without a break, and is surely billed by now. */
  readonly ran?: Period;
  /** Of the cluster whose node it is. */
  readonly clusterId?: string;
}

export interface Inventory {
  readonly resources: readonly Located<Resource>[];
  readonly rejects: readonly Reject[];
  readonly warnings: readonly string[];
  readonly holdings: ReadonlyMap<string, Holding>;
}

/** The bill of an hour is there at the latest so long after it. */
const BILLED_AFTER_MS = 2 * HOUR_MS;

/**
 * Pods. `cost` is the whole pod's rate now and 0 while it is stopped, which says nothing of its
 * rate. RunPod does not tell which pods are spot: `spot` holds the names, with `*`, that are. A
 * node of a cluster is no resource of its own, for the cluster is.
 */
export function readPods(
  records: Iterable<unknown>,
  seen: Seen,
  spot: readonly string[] = [],
): Inventory {
  const holding = (item: Pod) => podHolding(item, seen, spot);
  const { resources, ...rest } = readInventory(
    { records, schema: pod, kind: 'pod', seen },
    holding,
  );
  const standing = resources.filter(
    ({ fact }) => rest.holdings.get(fact.resourceId)?.clusterId === undefined,
  );
  return { resources: standing, ...rest };
}

/** Clusters; an hour of one costs what an hour of all its nodes costs, where each is known. */
export function readClusters(
  records: Iterable<unknown>,
  seen: Seen,
  pods: ReadonlyMap<string, Holding>,
): Inventory {
  const holding = (item: Cluster) => clusterHolding(item, pods);
  return readInventory({ records, schema: cluster, kind: 'cluster', seen }, holding);
}

/** Serverless endpoints; what a worker costs lies between the prices that their pools leave. */
export function readEndpoints(records: Iterable<unknown>, seen: Seen, pools: Pools): Inventory {
  const holding = (item: Endpoint) => endpointHolding(item, pools);
  return readInventory({ records, schema: endpoint, kind: 'serverless', seen }, holding);
}

export function readVolumes(records: Iterable<unknown>, seen: Seen): Inventory {
  return readInventory({ records, schema: volume, kind: 'volume', seen }, named);
}

interface Listing<T> {
  readonly records: Iterable<unknown>;
  readonly schema: z.ZodType<T>;
  readonly kind: Resource['kind'];
  readonly seen: Seen;
}

type Named = {
  readonly id: string;
  readonly name?: string | null | undefined;
  readonly status?: string | null | undefined;
};

function readInventory<T extends Named>(listing: Listing<T>, holdingOf: (item: T) => Holding) {
  const holdings = new Map<string, Holding>();
  const { facts, ...trouble } = readRecords(listing.records, listing.schema, (item): Resource => {
    const holding = holdingOf(item);
    holdings.set(item.id, holding);
    return resourceOf(item, holding, listing);
  });
  return { resources: facts, ...trouble, holdings };
}

function resourceOf<T>(item: Named, holding: Holding, { kind, seen }: Listing<T>): Resource {
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

function named(item: Named): Holding {
  return item.name === null || item.name === undefined || item.name === ''
    ? {}
    : { name: item.name };
}

const CLASS_OF = { SECURE: 'on-demand', COMMUNITY: 'community' } as const;

function podHolding(item: Pod, { seenAtMs }: Seen, spot: readonly string[]): Holding {
  const usdPerHour = positive(item.cost);
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

function clusterHolding(item: Cluster, pods: ReadonlyMap<string, Holding>): Holding {
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

function endpointHolding(item: Endpoint, pools: Pools): Holding {
  const { gpu } = item;
  if (gpu === null || gpu === undefined) return named(item);
  const gpuCount = gpu.count ?? 1;
  const { gpuType, usdPerGpuHour } = pools(gpu.pools ?? [], new Set(gpu.excludedTypes));
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

/** One that this version does not know is taken as billed once the worker has started. */
const STATUS_OF: Readonly<Record<string, keyof typeof WORKER_STATUS>> = {
  RUNNING: 'up',
  IDLE: 'up',
  INITIALIZING: 'starting',
  THROTTLED: 'waiting',
  UNHEALTHY: 'waiting',
};

interface EndpointSeen extends Seen {
  readonly endpointId: string;
  readonly name: string;
  readonly types: readonly Gpu[];
}

/**
 * The workers of one endpoint that are there now, each with its GPU, its price where the catalog
 * was read, and before it the moment since when it runs.
 */
export function readWorkers(records: Iterable<unknown>, about: EndpointSeen) {
  const { facts, ...trouble } = readRecords(records, worker, (item) => item);
  const resources = facts.flatMap(({ position, fact: item }) =>
    sightingsOf(item, about).map((fact) => ({ position, fact })),
  );
  return { resources, ...trouble };
}

function sightingsOf(item: Worker, about: EndpointSeen): Resource[] {
  const { endpointId, name, types, sourceId, seenAtMs } = about;
  const { gpuTypeId: gpuType, gpuCount, status } = item;
  const price = positive(types.find(({ id }) => id === gpuType)?.price.serverless);
  const of = {
    sourceId,
    resourceId: `${workerPrefix(endpointId)}${item.id}`,
    kind: 'worker' as const,
    ...(gpuType === null || gpuType === undefined ? {} : { gpuType }),
    ...(gpuCount === 0 ? {} : { gpuCount }),
  };
  const startMs = startOf(item, seenAtMs);
  const kept = STATUS_OF[status ?? ''] ?? (startMs === undefined ? 'waiting' : 'up');
  const shown: Resource = {
    ...of,
    name,
    ...(price === undefined || gpuCount === 0
      ? {}
      : { usdPerHour: nanoFromUsd(multiply(price, exactInteger(gpuCount))) }),
    status: WORKER_STATUS[kept],
    seenAtMs,
  };
  if (startMs === undefined || startMs >= seenAtMs || kept === 'waiting') return [shown];
  return [{ ...of, name: of.resourceId, status: EVENT.started, seenAtMs: startMs }, shown];
}

/**
 * The later one of both that it tells: it surely ran since then. An uptime is told in seconds and
 * moves with the answer: to the minute it is the same each time.
 */
function startOf({ startedAt, uptimeSeconds }: Worker, seenAtMs: number): number | undefined {
  const upMs =
    typeof uptimeSeconds === 'number'
      ? Math.ceil((seenAtMs - uptimeSeconds * SECOND_MS) / MINUTE_MS) * MINUTE_MS
      : undefined;
  if (typeof startedAt !== 'number') return upMs;
  return upMs === undefined || upMs - startedAt <= MINUTE_MS ? startedAt : upMs;
}
