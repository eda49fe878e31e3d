/** Reads the workers of serverless endpoints, and tracks when they ran from all sightings. */

import type { Resource } from '../../domain/charge.ts';
import { type Exact, exactInteger, multiply } from '../../domain/exact.ts';
import { nanoFromUsd, usd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, MINUTE_MS, type Period, SECOND_MS } from '../../domain/period.ts';
import {
  computeTimeline,
  GONE_STATUS,
  isEventStatus,
  type ResourceLife,
  UPTIME_EVENT,
} from '../../domain/uptime.ts';
import { type ObservationContext, readRecords } from '../records.ts';
import type { EarlierFacts } from '../source.ts';
import { type Gpu, parsePositiveRate, type Worker, worker } from './wire.ts';

/**
 * A period in which a worker ran, or may have run because its start or end lies between two lists.
 */
export interface WorkerRan extends Period {
  readonly isSure: boolean;
  readonly gpuType?: string;
  readonly gpuCount?: number;
}

/** The workers of one endpoint. */
export interface EndpointWorkers {
  readonly ran: readonly WorkerRan[];
  /** Times of complete lists, oldest first. */
  readonly listedAtMs: readonly number[];
  /** List price per GPU hour at a time; absent if unknown. */
  readonly usdPerGpuHour: (gpuType: string | undefined, atMs: number) => Exact | undefined;
  /** The endpoint's name when last observed. */
  readonly name?: string;
}

/** Stored statuses. RunPod's own words change from job to job, but only these matter for cost. */
const WORKER_STATUS = {
  /** Running a job, or ready within its idle time. */
  up: 'up',
  starting: 'starting',
  /** Without a machine, or failing. Not billed, by RunPod's description. */
  waiting: 'waiting',
} as const;

const LIFE: ResourceLife = {
  idle: [WORKER_STATUS.waiting],
  starting: [WORKER_STATUS.starting],
  oneLife: false,
  returns: true,
};

/** Id prefix of an endpoint's workers. */
export function workerPrefix(endpointId: string): string {
  return `${encodeURIComponent(endpointId)}/`;
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

interface ListedWorkers {
  readonly resources: readonly Resource[];
  readonly atMs: number;
  /** Set if these are all workers of the endpoint. */
  readonly isWhole: boolean;
}

export interface WorkerLog {
  /** Adds the workers of an endpoint from a list. */
  take(endpointId: string, listed: ListedWorkers): void;
  /** Worker times by endpoint, from all sightings so far. */
  times(): ReadonlyMap<string, EndpointWorkers>;
}

interface EndpointLog {
  readonly workers: Map<string, Resource[]>;
  readonly listedAtMs: number[];
  /** Times at which RunPod reported that the endpoint does not exist. */
  readonly absentAtMs: number[];
}

/**
 * Creates a log from the ledger's sightings. `types` are the catalog's, for use where there are no
 * dated rates.
 */
export function newWorkerLog(
  earlier: EarlierFacts | undefined,
  { types, nowMs }: { readonly types: readonly Gpu[]; readonly nowMs: number },
): WorkerLog {
  const endpoints = new Map<string, EndpointLog>();
  const logOf = (prefix: string): EndpointLog => {
    const known = endpoints.get(prefix);
    if (known !== undefined) return known;
    const log = { workers: new Map(), listedAtMs: [], absentAtMs: [] };
    endpoints.set(prefix, log);
    return log;
  };
  for (const sighting of earlier?.sightings ?? []) addSighting(logOf(prefixOf(sighting)), sighting);
  for (const { url, atMs, status } of earlier?.listings ?? []) {
    const prefix = listedPrefix(url);
    if (prefix === undefined) continue;
    const { listedAtMs, absentAtMs } = logOf(prefix);
    (status === 404 ? absentAtMs : listedAtMs).push(atMs);
  }
  return {
    take(endpointId, { resources, atMs, isWhole }) {
      const log = logOf(workerPrefix(endpointId));
      for (const sighting of resources) addSighting(log, sighting);
      if (!isWhole) return;
      log.listedAtMs.push(atMs);
      const listedIds = new Set(resources.map(({ resourceId }) => resourceId));
      for (const [id, sightings] of log.workers) {
        const last = sightings.at(-1);
        if (listedIds.has(id) || last === undefined || last.status === GONE_STATUS) continue;
        sightings.push({ ...last, status: GONE_STATUS, seenAtMs: atMs });
      }
    },
    times() {
      const usdPerGpuHour = pricesOf(earlier, types);
      return new Map(
        [...endpoints].map(([prefix, log]) => [
          decodeURIComponent(prefix.slice(0, -1)),
          { ...timeOf(log, nowMs), usdPerGpuHour },
        ]),
      );
    },
  };
}

function prefixOf({ resourceId }: Resource): string {
  return resourceId.slice(0, resourceId.indexOf('/') + 1);
}

/**
 * `ep1/` for `https://api.runpod.io/v2/serverless/ep1/workers`. Later pages are not complete lists.
 */
function listedPrefix(url: string): string | undefined {
  return /\/v2\/serverless\/([^/?]+\/)workers$/.exec(url)?.[1];
}

/** Adds a sighting, or replaces one of the same moment. */
function addSighting({ workers }: EndpointLog, one: Resource): void {
  const sightings = workers.get(one.resourceId) ?? [];
  workers.set(one.resourceId, sightings);
  const at = sightings.findIndex(
    ({ seenAtMs, status }) =>
      seenAtMs === one.seenAtMs && isEventStatus(status) === isEventStatus(one.status),
  );
  if (at >= 0) sightings[at] = one;
  else sightings.push(one);
}

function timeOf(log: EndpointLog, nowMs: number): Omit<EndpointWorkers, 'usdPerGpuHour'> {
  const listedAtMs = [...new Set(log.listedAtMs)].sort((a, b) => a - b);
  const ran: WorkerRan[] = [];
  let newest: Resource | undefined;
  for (const known of log.workers.values()) {
    const sightings = known.toSorted((a, b) => a.seenAtMs - b.seenAtMs);
    const reported = sightings.findLast(({ status }) => !isEventStatus(status));
    if (reported !== undefined && reported.seenAtMs >= (newest?.seenAtMs ?? 0)) newest = reported;
    const ended = withEnd(sightings, { listedAtMs, absentAtMs: log.absentAtMs, nowMs });
    for (const stretch of computeTimeline(ended, listedAtMs, LIFE).stretches) {
      ran.push({ ...gpusAt(ended, stretch), ...stretchOf(stretch) });
    }
  }
  return { ran, listedAtMs, ...(newest === undefined ? {} : { name: newest.name }) };
}

function stretchOf({ startMs, endMs, certainty }: Period & { readonly certainty: string }) {
  return { startMs, endMs, isSure: certainty === 'running' };
}

/** The GPU first reported from the start on: a restarted worker may get another GPU. */
function gpusAt(sightings: readonly Resource[], { startMs }: Period) {
  const placed = sightings.filter(({ gpuType }) => gpuType !== undefined);
  const { gpuType, gpuCount } =
    placed.find(({ seenAtMs }) => seenAtMs >= startMs) ?? placed.at(-1) ?? {};
  return {
    ...(gpuType === undefined ? {} : { gpuType }),
    ...(gpuCount === undefined ? {} : { gpuCount }),
  };
}

interface Ends extends Pick<EndpointLog, 'listedAtMs' | 'absentAtMs'> {
  readonly nowMs: number;
}

/**
 * Ends a worker last seen running if its endpoint is gone, or if a list of a later day lacks it.
 * The first list of each day records all workers. Otherwise it may run until now.
 */
function withEnd(sightings: readonly Resource[], ends: Ends): readonly Resource[] {
  const last = sightings.at(-1);
  if (last === undefined || last.status === GONE_STATUS) return sightings;
  const { listedAtMs, absentAtMs, nowMs } = ends;
  const nextDayMs = dayStartMs(last.seenAtMs) + DAY_MS;
  const missedMs = listedAtMs.find((atMs) => atMs >= nextDayMs);
  const lastListMs = listedAtMs.at(-1) ?? last.seenAtMs;
  const absentMs = absentAtMs.find((atMs) => atMs > Math.max(lastListMs, last.seenAtMs));
  const endMs = missedMs ?? absentMs ?? Math.max(nowMs, lastListMs + 1, last.seenAtMs + 1);
  return [...sightings, { ...last, status: GONE_STATUS, seenAtMs: endMs }];
}

function pricesOf(earlier: EarlierFacts | undefined, types: readonly Gpu[]) {
  const rates = Map.groupBy(
    (earlier?.rates ?? []).filter(({ pricingClass }) => pricingClass === 'serverless'),
    ({ gpuType }) => gpuType,
  );
  return (gpuType: string | undefined, atMs: number): Exact | undefined => {
    if (gpuType === undefined) return undefined;
    const dated = rates.get(gpuType)?.findLast(({ validFromMs }) => validFromMs <= atMs);
    if (dated !== undefined) return usd(dated.usdPerGpuHour);
    return parsePositiveRate(types.find(({ id }) => id === gpuType)?.price.serverless);
  };
}
