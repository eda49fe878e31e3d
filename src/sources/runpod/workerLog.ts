/** When the workers of serverless endpoints ran, by every sighting that is known of them. */

import type { Resource } from '../../domain/charge.ts';
import type { Exact } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, type Period } from '../../domain/period.ts';
import { type Life, timelineOf } from '../../domain/timeline.ts';
import { GONE, isLogged } from '../../domain/uptime.ts';
import type { Earlier } from '../source.ts';
import { positive } from './hourlyRate.ts';
import type { Gpu } from './wire.ts';

/** A worker that ran, or that may have run where its start or end lies between two lists. */
export interface WorkerRan extends Period {
  readonly isSure: boolean;
  readonly gpuType?: string;
  readonly gpuCount?: number;
}

/** The workers of one endpoint. */
export interface WorkerTime {
  readonly ran: readonly WorkerRan[];
  /** When all of them were listed, oldest first. */
  readonly listedAtMs: readonly number[];
  /** What an hour of one GPU cost by the list at a time; absent where no price is known. */
  readonly usdPerGpuHour: (gpuType: string | undefined, atMs: number) => Exact | undefined;
  /** Of the endpoint, as it was last seen. */
  readonly name?: string;
}

/** What is kept of a status: RunPod's words change from job to job, and the money does not. */
export const WORKER_STATUS = {
  /** Running a job, or ready and within its idle time. */
  up: 'up',
  starting: 'starting',
  /** Without a machine, or failing: not billed, by RunPod's description. */
  waiting: 'waiting',
} as const;

const LIFE: Life = {
  idle: [WORKER_STATUS.waiting],
  starting: [WORKER_STATUS.starting],
  oneLife: false,
  returns: true,
};

/** How the ids of an endpoint's workers begin. */
export function workerPrefix(endpointId: string): string {
  return `${encodeURIComponent(endpointId)}/`;
}

interface ListedWorkers {
  readonly resources: readonly Resource[];
  readonly atMs: number;
  /** Set where these are all workers that the endpoint has. */
  readonly isWhole: boolean;
}

export interface WorkerLog {
  /** The workers that an endpoint was just seen to have. */
  take(endpointId: string, listed: ListedWorkers): void;
  /** By endpoint, of all that is known by now. */
  times(): ReadonlyMap<string, WorkerTime>;
}

interface EndpointLog {
  readonly workers: Map<string, Resource[]>;
  readonly listedAtMs: number[];
  /** When it was told that there is no such endpoint. */
  readonly absentAtMs: number[];
}

/** Begins with what the ledger knows; `types` are those of the catalog, for want of dated rates. */
export function newWorkerLog(
  earlier: Earlier | undefined,
  { types, nowMs }: { readonly types: readonly Gpu[]; readonly nowMs: number },
): WorkerLog {
  const endpoints = new Map<string, EndpointLog>();
  const of = (prefix: string): EndpointLog => {
    const known = endpoints.get(prefix);
    if (known !== undefined) return known;
    const log = { workers: new Map(), listedAtMs: [], absentAtMs: [] };
    endpoints.set(prefix, log);
    return log;
  };
  for (const one of earlier?.sightings ?? []) see(of(prefixOf(one)), one);
  for (const { url, atMs, status } of earlier?.listings ?? []) {
    const prefix = listedPrefix(url);
    if (prefix === undefined) continue;
    const { listedAtMs, absentAtMs } = of(prefix);
    (status === 404 ? absentAtMs : listedAtMs).push(atMs);
  }
  return {
    take(endpointId, { resources, atMs, isWhole }) {
      const log = of(workerPrefix(endpointId));
      for (const one of resources) see(log, one);
      if (!isWhole) return;
      log.listedAtMs.push(atMs);
      const told = new Set(resources.map(({ resourceId }) => resourceId));
      for (const [id, sightings] of log.workers) {
        const last = sightings.at(-1);
        if (told.has(id) || last === undefined || last.status === GONE) continue;
        sightings.push({ ...last, status: GONE, seenAtMs: atMs });
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

/** `ep1/` of `https://api.runpod.io/v2/serverless/ep1/workers`; a later page is no list. */
function listedPrefix(url: string): string | undefined {
  return /\/v2\/serverless\/([^/?]+\/)workers$/.exec(url)?.[1];
}

/** A moment that was noted before is told anew. */
function see({ workers }: EndpointLog, one: Resource): void {
  const sightings = workers.get(one.resourceId) ?? [];
  workers.set(one.resourceId, sightings);
  const at = sightings.findIndex(
    ({ seenAtMs, status }) =>
      seenAtMs === one.seenAtMs && isLogged(status) === isLogged(one.status),
  );
  if (at >= 0) sightings[at] = one;
  else sightings.push(one);
}

function timeOf(log: EndpointLog, nowMs: number): Omit<WorkerTime, 'usdPerGpuHour'> {
  const listedAtMs = [...new Set(log.listedAtMs)].sort((a, b) => a - b);
  const ran: WorkerRan[] = [];
  let newest: Resource | undefined;
  for (const known of log.workers.values()) {
    const sightings = known.toSorted((a, b) => a.seenAtMs - b.seenAtMs);
    const shown = sightings.findLast(({ status }) => !isLogged(status));
    if (shown !== undefined && shown.seenAtMs >= (newest?.seenAtMs ?? 0)) newest = shown;
    const ended = withEnd(sightings, { listedAtMs, absentAtMs: log.absentAtMs, nowMs });
    for (const stretch of timelineOf(ended, listedAtMs, LIFE).stretches) {
      ran.push({ ...gpusAt(ended, stretch), ...stretchOf(stretch) });
    }
  }
  return { ran, listedAtMs, ...(newest === undefined ? {} : { name: newest.name }) };
}

function stretchOf({ startMs, endMs, certainty }: Period & { readonly certainty: string }) {
  return { startMs, endMs, isSure: certainty === 'running' };
}

/** As first shown from then on: a worker that starts again may get another GPU. */
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
 * What was last seen to run is gone where the endpoint is, and where a list of a later day did not
 * note it, for the first of each day notes all. Otherwise it may run until now.
 */
function withEnd(sightings: readonly Resource[], ends: Ends): readonly Resource[] {
  const last = sightings.at(-1);
  if (last === undefined || last.status === GONE) return sightings;
  const { listedAtMs, absentAtMs, nowMs } = ends;
  const nextDayMs = dayStartMs(last.seenAtMs) + DAY_MS;
  const missedMs = listedAtMs.find((atMs) => atMs >= nextDayMs);
  const lastListMs = listedAtMs.at(-1) ?? last.seenAtMs;
  const absentMs = absentAtMs.find((atMs) => atMs > Math.max(lastListMs, last.seenAtMs));
  const endMs = missedMs ?? absentMs ?? Math.max(nowMs, lastListMs + 1, last.seenAtMs + 1);
  return [...sightings, { ...last, status: GONE, seenAtMs: endMs }];
}

function pricesOf(earlier: Earlier | undefined, types: readonly Gpu[]) {
  const rates = Map.groupBy(
    (earlier?.rates ?? []).filter(({ pricingClass }) => pricingClass === 'serverless'),
    ({ gpuType }) => gpuType,
  );
  return (gpuType: string | undefined, atMs: number): Exact | undefined => {
    if (gpuType === undefined) return undefined;
    const dated = rates.get(gpuType)?.findLast(({ validFromMs }) => validFromMs <= atMs);
    if (dated !== undefined) return usd(dated.usdPerGpuHour);
    return positive(types.find(({ id }) => id === gpuType)?.price.serverless);
  };
}
