/** Tracks when the workers of serverless endpoints ran, from all known sightings. */

import type { Resource } from '../../domain/charge.ts';
import type { Exact } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, type Period } from '../../domain/period.ts';
import {
  computeTimeline,
  GONE_STATUS,
  isEventStatus,
  type ResourceLife,
} from '../../domain/uptime.ts';
import type { EarlierFacts } from '../source.ts';
import { parsePositiveRate } from './rates.ts';
import type { Gpu } from './wire.ts';

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
export const WORKER_STATUS = {
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
