/** Emulates the API of Vast.ai: charges by UTC day, instances, and market offers. */

import { DAY_MS, type Period } from '../../domain/period.ts';
import { type Fleet, findFleetPods } from '../fleet.ts';
import { PLANTED_POD_SECRET, VAST_KEY } from '../keys.ts';
import { type FleetPod, computeRentedDays } from '../rentals.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  type EmulatorRequest,
  startEmulator,
} from './emulator.ts';

/** Emulates `https://console.vast.ai`. Daily charges are rounded to a tenth of a cent. */
export function startVast(fleet: Fleet, settings: EmulatorTime): Promise<Emulator> {
  const pods = findFleetPods('vast', fleet);
  return startEmulator((request) => {
    const route = ROUTES[`${request.method} ${request.path}`];
    return refused(request) ?? route?.(pods, request, settings.nowMs()) ?? UNKNOWN;
  });
}

const UNKNOWN = jsonResponse({ success: false, error: 'not_found', msg: 'no such endpoint' }, 404);

function refused({ authorization }: EmulatorRequest): EmulatorResponse | undefined {
  const error = { success: false, error: 'auth_error' };
  if (authorization === undefined) {
    return jsonResponse({ ...error, msg: 'This action requires login.' }, 403);
  }
  if (authorization === `Bearer ${VAST_KEY}`) return undefined;
  return jsonResponse({ ...error, msg: 'Invalid user key' }, 404);
}

type Route = (
  pods: readonly FleetPod[],
  request: EmulatorRequest,
  nowMs: number,
) => EmulatorResponse;

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /api/v0/charges/': charges,
  'GET /api/v1/instances/': instances,
  'GET /api/v0/endptjobs/': () => jsonResponse({ success: true, results: [] }),
  'POST /api/v0/bundles/': offers,
};

function charges(
  pods: readonly FleetPod[],
  { query }: EmulatorRequest,
  nowMs: number,
): EmulatorResponse {
  const window = dayFilter(query.get('select_filters') ?? '{}');
  if (window === undefined) {
    const msg = "Must provide both 'day' gte and lte filters for instance charges";
    return jsonResponse({ success: false, error: 'invalid_args', msg }, 400);
  }
  const elapsed = { startMs: window.startMs, endMs: Math.min(window.endMs, nowMs) };
  const results = pods.flatMap((pod) =>
    computeRentedDays(pod, elapsed).map(({ startMs, hours }) => rowOf(pod, startMs, hours)),
  );
  const count = results.length;
  return jsonResponse({ success: true, count, total: count, next_token: null, results });
}

/** Unix seconds; both ends are included. */
function dayFilter(text: string): Period | undefined {
  const { day } = JSON.parse(text) as { day?: { gte?: number; lte?: number } };
  if (day?.gte === undefined || day.lte === undefined) return undefined;
  return { startMs: day.gte * 1_000, endMs: (day.lte + 1) * 1_000 };
}

function rowOf(pod: FleetPod, startMs: number, hours: number) {
  const times = { start: startMs / 1_000, end: (startMs + DAY_MS) / 1_000 };
  const item = (type: string, microUsdPerHour: number, description: string) => ({
    ...times,
    type,
    source: null,
    description,
    amount: (microUsdPerHour * hours) / 1e6,
    metadata: {},
    items: [],
  });
  const dollars = (pod.gpuMicroUsdPerHour / 1e6).toFixed(3);
  return {
    ...times,
    type: 'instance',
    source: `instance-${pod.id}`,
    description: `Instance ${pod.id} Charges`,
    amount: ((pod.gpuMicroUsdPerHour + pod.diskMicroUsdPerHour) * hours) / 1e6,
    metadata: { label: pod.name },
    items: [
      item('gpu', pod.gpuMicroUsdPerHour, `${hours.toFixed(3)} hours at $${dollars}/hour`),
      item('disk', pod.diskMicroUsdPerHour, '120 GB'),
    ],
  };
}

function instances(
  pods: readonly FleetPod[],
  _request: EmulatorRequest,
  nowMs: number,
): EmulatorResponse {
  const rented = pods.filter(({ fromMs, toMs = Infinity }) => fromMs <= nowMs && nowMs < toMs);
  return jsonResponse({
    success: true,
    instances_found: rented.length,
    total_instances: rented.length,
    next_token: null,
    instances: rented.map((pod) => ({
      id: Number(pod.id),
      label: pod.name,
      machine_id: 25_116,
      gpu_name: pod.gpuId,
      num_gpus: pod.gpuCount,
      gpu_ram: 81_559,
      dph_total: (pod.gpuMicroUsdPerHour + pod.diskMicroUsdPerHour) / 1e6,
      is_bid: false,
      actual_status: 'running',
      cur_state: 'running',
      start_date: pod.fromMs / 1_000,
      extra_env: [['HF_TOKEN', PLANTED_POD_SECRET]],
    })),
  });
}

/** Three verified on-demand offers of an H100, and no interruptible ones. */
function offers(_pods: readonly FleetPod[], { body }: EmulatorRequest): EmulatorResponse {
  const { type = 'ondemand' } = JSON.parse(body) as { type?: string };
  const prices = type === 'bid' ? [] : [2.61, 2.69, 2.95];
  return jsonResponse({
    offers: prices.map((dollars, at) => ({
      id: 7_100 + at,
      machine_id: 25_200 + at,
      gpu_name: 'H100 SXM',
      num_gpus: 1,
      gpu_ram: 81_559,
      dph_total: dollars,
      rentable: true,
      verification: 'verified',
    })),
  });
}
