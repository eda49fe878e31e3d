/** Reads RunPod's inventories: resources, and what the bill needs of them. */

import type { z } from 'zod';
import type { PricingClass, Resource } from '../../domain/charge.ts';
import { add, type Exact, exactInteger, multiply } from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { HOUR_MS, MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { UPTIME_EVENT } from '../../domain/uptime.ts';
import { type HourlyRate, parsePositiveRate, type PoolLookup, type WorkerRate } from './rates.ts';
import { readRecords, type ObservationContext } from '../records.ts';
import { WORKER_STATUS, workerPrefix, type EndpointWorkers } from './workerLog.ts';
import {
  type RunpodCluster,
  runpodCluster,
  type RunpodEndpoint,
  runpodEndpoint,
  type Gpu,
  type Pod,
  pod,
  runpodVolume,
  type Worker,
  worker,
} from './wire.ts';

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

/** An unknown status counts as billed once the worker has started. */
const STATUS_OF: Readonly<Record<string, keyof typeof WORKER_STATUS>> = {
  RUNNING: 'up',
  IDLE: 'up',
  INITIALIZING: 'starting',
  THROTTLED: 'waiting',
  UNHEALTHY: 'waiting',
};

interface EndpointSeen extends ObservationContext {
  readonly endpointId: string;
  readonly name: string;
  readonly types: readonly Gpu[];
}

/**
 * Reads the current workers of one endpoint, with GPU and price if known. A known start becomes a
 * sighting of its own before it.
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
  const price = parsePositiveRate(types.find(({ id }) => id === gpuType)?.price.serverless);
  const common = {
    sourceId,
    resourceId: `${workerPrefix(endpointId)}${item.id}`,
    kind: 'worker' as const,
    ...(gpuType === null || gpuType === undefined ? {} : { gpuType }),
    ...(gpuCount === 0 ? {} : { gpuCount }),
  };
  const startMs = startOf(item, seenAtMs);
  const workerStatus = STATUS_OF[status ?? ''] ?? (startMs === undefined ? 'waiting' : 'up');
  const current: Resource = {
    ...common,
    name,
    ...(price === undefined || gpuCount === 0
      ? {}
      : { usdPerHour: nanoFromUsd(multiply(price, exactInteger(gpuCount))) }),
    status: WORKER_STATUS[workerStatus],
    seenAtMs,
  };
  if (startMs === undefined || startMs >= seenAtMs || workerStatus === 'waiting') return [current];
  return [
    { ...common, name: common.resourceId, status: UPTIME_EVENT.started, seenAtMs: startMs },
    current,
  ];
}

/**
 * The later of both reported starts: it certainly ran since then. Uptime in seconds shifts with
 * each response, so it is rounded to the minute.
 */
function startOf({ startedAt, uptimeSeconds }: Worker, seenAtMs: number): number | undefined {
  const upMs =
    typeof uptimeSeconds === 'number'
      ? Math.ceil((seenAtMs - uptimeSeconds * SECOND_MS) / MINUTE_MS) * MINUTE_MS
      : undefined;
  if (typeof startedAt !== 'number') return upMs;
  return upMs === undefined || upMs - startedAt <= MINUTE_MS ? startedAt : upMs;
}
