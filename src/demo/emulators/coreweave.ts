/** Emulates the FOCUS export of CoreWeave: hourly quantities without amounts of money. */

import { HOUR_MS, instantText, parseInstant, type Period } from '../../domain/period.ts';
import { type Fleet, findFleetPods } from '../fleet.ts';
import { COREWEAVE_KEY, PLANTED_POD_SECRET } from '../keys.ts';
import { type FleetPod, computeRentedDays, computeRentedHours } from '../rentals.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  startEmulator,
} from './emulator.ts';

/** Emulates `https://api.coreweave.com`. Each replica is a separate cluster. */
export function startCoreweave(fleet: Fleet, settings: EmulatorTime): Promise<Emulator> {
  const pods = findFleetPods('coreweave', fleet);
  return startEmulator(({ method, path, query, authorization }) => {
    if (authorization !== `Bearer ${COREWEAVE_KEY}`) return problem(401, 16, 'unauthenticated');
    const nowMs = settings.nowMs();
    const rented = pods.filter(({ fromMs }) => fromMs <= nowMs);
    if (method === 'GET' && path === '/v1/billing/focus') return focus(rented, query, nowMs);
    if (method !== 'GET' || path !== '/v1beta1/cks/clusters') return problem(404, 5, 'not found');
    return jsonResponse({ items: rented.map(clusterOf) });
  });
}

function problem(status: number, code: number, message: string): EmulatorResponse {
  return jsonResponse({ code, message, details: [] }, status);
}

function clusterOf({ id, name }: FleetPod) {
  return {
    id,
    name,
    zone: 'US-EAST-04A',
    status: 'STATUS_RUNNING',
    kubeConfig: `token: ${PLANTED_POD_SECRET}`,
  };
}

const LONGEST_MS = 90 * 24 * HOUR_MS;
const MOST_ROWS = 1_000;

function focus(pods: readonly FleetPod[], query: URLSearchParams, nowMs: number): EmulatorResponse {
  const [startMs, endMs] = ['start_time', 'end_time'].map((name) => {
    return parseInstant(query.get(name) ?? '') ?? Number.NaN;
  });
  if (startMs === undefined || endMs === undefined || !(startMs < endMs)) {
    return problem(400, 3, 'start_time and end_time are times in UTC');
  }
  if (endMs - startMs > LONGEST_MS) return problem(400, 3, 'at most 90 days');
  const groupBy = query.get('group_by');
  if (groupBy !== 'location' && groupBy !== 'capacity_plan') {
    return problem(400, 3, 'unknown group_by');
  }
  const rows = pods.flatMap((pod) =>
    hoursOf(pod, { startMs, endMs: Math.min(endMs, nowMs) }).map((atMs) => ({
      ...rowOf(pod, atMs),
      ...(groupBy === 'location' ? locationOf(pod) : PLAN),
    })),
  );
  const size = Math.min(Number(query.get('page_size') ?? MOST_ROWS), MOST_ROWS);
  const from = Number(query.get('page_token') ?? 0);
  const next = from + size < rows.length ? String(from + size) : '';
  const asOf = groupBy === 'location' ? { data_as_of: instantText(nowMs) } : {};
  return jsonResponse({ data: rows.slice(from, from + size), next_page_token: next, ...asOf });
}

/** The start of each hour in a span in which the pod was rented. */
function hoursOf(pod: FleetPod, span: Period): number[] {
  return computeRentedDays(pod, span).flatMap(({ startMs }) => {
    const hours = Array.from({ length: 24 }, (_, hour) => startMs + hour * HOUR_MS);
    return hours.filter(
      (atMs) =>
        atMs >= span.startMs && atMs < span.endMs && computeRentedHours(pod, atMs, atMs + HOUR_MS),
    );
  });
}

function rowOf({ gpuId, gpuCount }: FleetPod, atMs: number) {
  return {
    ChargePeriodStart: instantText(atMs),
    ChargePeriodEnd: instantText(atMs + HOUR_MS),
    SkuId: gpuId,
    PricingQuantity: String(gpuCount),
    PricingUnit: 'GPU-Hour',
    ServiceName: 'GPU Compute',
    x_ProductFamily: 'GPU Compute',
    BilledCost: null,
  };
}

function locationOf({ id, name }: FleetPod) {
  return {
    RegionId: 'US-EAST-04A',
    x_ClusterId: id,
    x_ClusterName: name,
    x_CapacityPlan: null,
  };
}

const PLAN = { RegionId: null, x_ClusterId: null, x_ClusterName: null, x_CapacityPlan: 'reserved' };
