/** Emulates the API of Together: a dedicated endpoint, its daily bill, and its price. */

import { DAY_MS, dayStartMs, dayText, instantText } from '../../domain/period.ts';
import { type Fleet, findFleetPods } from '../fleet.ts';
import { TOGETHER_KEY } from '../keys.ts';
import { type FleetPod, computeRentedDays } from '../rentals.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  startEmulator,
} from './emulator.ts';

/** Emulates `https://api.together.ai/v1` for an organization whose billing API is enabled. */
export function startTogether(fleet: Fleet, settings: EmulatorTime): Promise<Emulator> {
  const pods = findFleetPods('together', fleet);
  return startEmulator(({ method, path, query, authorization }) => {
    if (authorization !== `Bearer ${TOGETHER_KEY}`) return problem(401, 'Invalid API key provided');
    const nowMs = settings.nowMs();
    const created = pods.filter(({ fromMs }) => fromMs <= nowMs);
    const response = method === 'GET' ? route(created, { path, query, nowMs }) : undefined;
    return response ?? problem(404, 'not found');
  });
}

function problem(status: number, message: string): EmulatorResponse {
  const error = { message, type: 'invalid_request_error', param: null, code: null };
  return jsonResponse({ error }, status);
}

interface RouteInput {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly nowMs: number;
}

function route(
  pods: readonly FleetPod[],
  { path, query, nowMs }: RouteInput,
): EmulatorResponse | undefined {
  if (path === '/billing/usage') return usage(pods, query, nowMs);
  if (path === '/compute/clusters') return jsonResponse({ clusters: [] });
  if (path === '/hardware') return jsonResponse({ object: 'list', data: pods.map(hardwareOf) });
  if (path === '/endpoints') {
    const listed = pods.map((pod) => {
      const {
        hardware: _hardware,
        autoscaling: _replicas,
        display_name: _name,
        ...one
      } = endpointOf(pod);
      return one;
    });
    return jsonResponse({ object: 'list', data: listed });
  }
  const one = pods.find(({ id }) => path === `/endpoints/${id}`);
  return one === undefined ? undefined : jsonResponse(endpointOf(one));
}

/** The completed days of one month. */
function usage(pods: readonly FleetPod[], query: URLSearchParams, nowMs: number): EmulatorResponse {
  const month = query.get('month') ?? '';
  if (!/^\d{4}-\d\d$/.test(month) || query.get('granularity') !== 'day') {
    return problem(400, 'invalid month or granularity');
  }
  const data: object[] = [];
  for (let startMs = Date.parse(`${month}-01`); startMs < dayStartMs(nowMs); startMs += DAY_MS) {
    if (!dayText(startMs).startsWith(month)) break;
    data.push(dayOf(pods, startMs));
  }
  return jsonResponse({
    object: 'list',
    organization_id: 'org_marlow_finch',
    billing_period: month,
    currency: 'USD',
    earliest_window_start: null,
    latest_window_end: null,
    data,
    next_cursor: null,
  });
}

function dayOf(pods: readonly FleetPod[], startMs: number) {
  const endMs = startMs + DAY_MS;
  const lines = pods.flatMap((pod) =>
    computeRentedDays(pod, { startMs, endMs }).map(({ hours }) => ({
      product_name: 'Dedicated Endpoint GPU Hours',
      quantity: String(hours * pod.gpuCount),
      unit_price: (pod.gpuMicroUsdPerHour / pod.gpuCount / 1e6).toFixed(6),
      cost: ((pod.gpuMicroUsdPerHour * hours) / 1e6).toFixed(6),
      pricing_dimensions: { hardware: pod.gpuId },
      attributes: { endpoint_id: pod.id, endpoint_name: pod.name },
    })),
  );
  return {
    date: dayText(startMs),
    start_time: instantText(startMs),
    end_time: instantText(endMs),
    line_items: lines,
  };
}

function endpointOf(pod: FleetPod) {
  return {
    object: 'endpoint',
    id: pod.id,
    name: `marlow-finch/${pod.name}`,
    display_name: pod.name,
    model: 'Qwen/Qwen3-Coder-30B-A3B-Instruct',
    hardware: pod.gpuId,
    type: 'dedicated',
    owner: 'marlow-finch',
    state: 'STOPPED',
    autoscaling: { min_replicas: 1, max_replicas: 1 },
    created_at: instantText(pod.fromMs),
  };
}

function hardwareOf({ gpuId, gpuCount, gpuMicroUsdPerHour }: FleetPod) {
  return {
    object: 'hardware',
    id: gpuId,
    pricing: { cents_per_minute: gpuMicroUsdPerHour / 600_000 },
    specs: { gpu_type: 'h100-80gb', gpu_link: 'sxm', gpu_memory: 80, gpu_count: gpuCount },
    updated_at: '2026-06-01T00:00:00Z',
  };
}
