/** Emulates the API of Crusoe Cloud: signed requests, and costs by day and VM type. */

import { createHmac } from 'node:crypto';
import { DAY_MS, dayStartMs, dayText, instantText, type Period } from '../../domain/period.ts';
import { type Fleet, findFleetPods } from '../fleet.ts';
import { CRUSOE_KEY_ID, CRUSOE_SECRET_KEY } from '../keys.ts';
import { type FleetPod, computeRentedDays } from '../rentals.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  type EmulatorRequest,
  startEmulator,
} from './emulator.ts';

export const CRUSOE_ORGANIZATION = '5e1f0c9a-0000-4000-8000-00000000000f';

/** Emulates `https://api.cloud.crusoe.ai/v1`. Each deployment is a separate project. */
export function startCrusoe(fleet: Fleet, settings: EmulatorTime): Promise<Emulator> {
  const pods = findFleetPods('crusoe', fleet);
  return startEmulator((request) => {
    if (!isSigned(request)) return problem(401, 'unauthorized', 'bad credential');
    const nowMs = settings.nowMs();
    const rented = pods.filter(({ fromMs }) => fromMs <= nowMs);
    const response = request.method === 'GET' ? route(rented, request, nowMs) : undefined;
    return response ?? problem(404, 'not_found', 'no such resource');
  });
}

function problem(status: number, code: string, message: string): EmulatorResponse {
  return jsonResponse({ code, message, error_id: 'demo' }, status);
}

/** Checks the signature of the path, the sorted parameters, the method and the time. */
function isSigned({ method, path, query, authorization, headers }: EmulatorRequest): boolean {
  const time = String(headers['x-crusoe-timestamp']);
  const sorted = new URLSearchParams(query);
  sorted.sort();
  const message = [path, sorted.toString(), method, time, ''].join('\n');
  const key = Buffer.from(CRUSOE_SECRET_KEY, 'base64url');
  const signature = createHmac('sha256', key).update(message).digest('base64url');
  return authorization === `Bearer 1.0:${CRUSOE_KEY_ID}:${signature}`;
}

function route(
  pods: readonly FleetPod[],
  { path, query }: EmulatorRequest,
  nowMs: number,
): EmulatorResponse | undefined {
  const organization = `/organizations/${CRUSOE_ORGANIZATION}`;
  if (path === '/organizations/projects') {
    const isOurs = query.get('org_id') === CRUSOE_ORGANIZATION;
    return jsonResponse({ items: isOurs ? pods.map(projectOf) : [] });
  }
  if (path === `${organization}/billing/costs`) {
    const untilToday = { startMs: 0, endMs: dayStartMs(nowMs) };
    const lines = pods.flatMap((pod) => linesOf(pod, untilToday));
    const data = lines.map(({ money, ...line }) => ({ ...line, ...money }));
    return jsonResponse({ data, last_updated: instantText(nowMs) });
  }
  if (path === `${organization}/usage`) return usage(pods, query, nowMs);
  const [, project, list] =
    /^\/projects\/([^/]+)\/compute\/vms\/(types|instances)$/.exec(path) ?? [];
  const own = pods.filter((pod) => projectOf(pod).id === project);
  if (own.length === 0) return undefined;
  return jsonResponse({ items: list === 'types' ? own.map(typeOf) : own.map(vmOf) });
}

/** `end_date` is included. */
function usage(pods: readonly FleetPod[], query: URLSearchParams, nowMs: number): EmulatorResponse {
  const [startMs, lastMs] = ['start_date', 'end_date'].map((name) => {
    return Date.parse(query.get(name) ?? '');
  });
  if (startMs === undefined || lastMs === undefined || !(startMs <= lastMs)) {
    return problem(400, 'bad_request', 'invalid dates');
  }
  const span = { startMs, endMs: Math.min(lastMs + DAY_MS, dayStartMs(nowMs)) };
  const lines = pods.flatMap((pod) => linesOf(pod, span));
  return jsonResponse({ items: lines.map(({ money: _money, ...line }) => line) });
}

const DISK_GIB = 120;

function linesOf(pod: FleetPod, span: Period) {
  return computeRentedDays(pod, span).flatMap(({ startMs, hours }) => {
    const place = { date: dayText(startMs), project_id: projectOf(pod).id, region: 'us-east1-a' };
    const line = (item: { type: string; metric: string; units: number; microUsd: number }) => ({
      ...place,
      resource_type: item.type,
      billable_metric: item.metric,
      quantity: item.units * hours,
      money: {
        unit_price: item.microUsd / item.units / 1e6,
        cost: (item.microUsd * hours) / 1e6,
      },
    });
    const { gpuId, gpuCount } = pod;
    const gpu = { type: gpuId, metric: 'gpu-hours', units: gpuCount };
    const disk = { type: 'persistent-ssd', metric: 'gib-hours', units: DISK_GIB };
    return [
      line({ ...gpu, microUsd: pod.gpuMicroUsdPerHour }),
      line({ ...disk, microUsd: pod.diskMicroUsdPerHour }),
    ];
  });
}

function projectOf({ deployment = 'default' }: FleetPod) {
  return { id: `p-${deployment}`, name: deployment };
}

function typeOf({ gpuId, gpuCount }: FleetPod) {
  return { product_name: gpuId, gpu_type: 'H100 80GB SXM', num_gpu: gpuCount, cpu_cores: 22 };
}

function vmOf(pod: FleetPod) {
  return {
    id: pod.id,
    name: pod.name,
    project_id: projectOf(pod).id,
    type: pod.gpuId,
    state: 'STATE_RUNNING',
    created_at: instantText(pod.fromMs),
    disks: [],
    network_interfaces: [],
  };
}
