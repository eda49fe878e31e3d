/** Emulates the API of Hyperstack: the cost of each VM in the requested period. */

import { instantText, parseInstant, type Period } from '../../domain/period.ts';
import { type Fleet, findFleetPods } from '../fleet.ts';
import { HYPERSTACK_KEY } from '../keys.ts';
import { type FleetPod, computeRentedHours } from '../rentals.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  startEmulator,
} from './emulator.ts';

/** Emulates `https://infrahub-api.nexgencloud.com/v1`. The key is in the header `api_key`. */
export function startHyperstack(fleet: Fleet, settings: EmulatorTime): Promise<Emulator> {
  const pods = findFleetPods('hyperstack', fleet);
  return startEmulator(({ method, path, query, headers }) => {
    if (headers['api_key'] !== HYPERSTACK_KEY) return problem(401, 'Invalid API Key.');
    const nowMs = settings.nowMs();
    const created = pods.filter(({ fromMs }) => fromMs <= nowMs);
    const response = method === 'GET' ? route(created, { path, query, nowMs }) : undefined;
    return response ?? problem(404, 'The resource was not found.');
  });
}

const REASONS: Readonly<Record<number, string>> = { 400: 'bad_request', 401: 'unauthorized' };

function problem(status: number, message: string): EmulatorResponse {
  return jsonResponse(
    { status: false, error_reason: REASONS[status] ?? 'not_found', message },
    status,
  );
}

interface RouteInput {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly nowMs: number;
}

const HISTORY = '/billing/billing/history';

function route(
  pods: readonly FleetPod[],
  { path, query, nowMs }: RouteInput,
): EmulatorResponse | undefined {
  if (path === '/pricebook') return jsonResponse(pods.map(priceOf));
  const done = { status: true, message: 'Done' };
  if (path === '/core/flavors') return jsonResponse({ ...done, data: pods.map(flavorsOf) });
  const list = LISTS[path];
  if (list !== undefined) {
    const all = list === 'instances' ? pods.map(vmOf) : [];
    const page = Number(query.get('page') ?? 1);
    const size = Number(query.get('page_size') ?? 10);
    const rows = all.slice((page - 1) * size, page * size);
    return jsonResponse({ ...done, [list]: rows, count: all.length, page, page_size: size });
  }
  if (path !== HISTORY && !path.startsWith(`${HISTORY}/`)) return undefined;
  const span = spanOf(query, nowMs);
  if (span === undefined) return problem(400, 'start_date is not valid');
  const family = FAMILIES[path.slice(HISTORY.length + 1)];
  if (path === HISTORY) return jsonResponse({ ...done, billing_history: totalOf(pods, span) });
  if (family === undefined) return undefined;
  const rows = family === 'vm' ? pods.flatMap((pod) => rowOf(pod, span) ?? []) : [];
  const pagination = { page: 1, pages: 1, per_page: 100 };
  const history = { org_id: 1402, billing_history: rows, total_count: rows.length, pagination };
  return jsonResponse({ ...done, [`billing_history_${family}`]: history });
}

const LISTS: Readonly<Record<string, string>> = {
  '/core/virtual-machines': 'instances',
  '/core/volumes': 'volumes',
  '/core/clusters': 'clusters',
};

/** The last path segment, and the suffix of the key in the response. AI Studio is not used. */
const FAMILIES: Readonly<Record<string, string>> = {
  'virtual-machine': 'vm',
  volume: 'volume',
  snapshot: 'snapshot',
  bucket: 'bucket',
  contract: 'contract',
  cluster: 'cluster',
};

/** Times without a zone are UTC. */
function spanOf(query: URLSearchParams, nowMs: number): Period | undefined {
  const [startMs, endMs] = ['start_date', 'end_date'].map((name) => {
    return parseInstant(`${query.get(name) ?? ''}Z`);
  });
  if (startMs === undefined || endMs === undefined || startMs >= endMs) return undefined;
  return { startMs, endMs: Math.max(startMs, Math.min(endMs, nowMs)) };
}

function microOf(pod: FleetPod, { startMs, endMs }: Period): number {
  return pod.gpuMicroUsdPerHour * computeRentedHours(pod, startMs, endMs);
}

function rowOf(pod: FleetPod, span: Period) {
  const micro = microOf(pod, span);
  if (micro === 0) return undefined;
  return {
    attributes: {
      id: `0a1b2c3d-0000-4000-8000-${pod.id.padStart(12, '0')}`,
      infrahub_id: Number(pod.id),
      resource_name: pod.name,
      status: 'ACTIVE',
      contract_id: null,
    },
    metrics: {
      incurred_bill: micro / 1e6,
      non_discounted_bill: micro / 1e6,
      price_per_hour: pod.gpuMicroUsdPerHour / 1e6,
      usage_time: micro / pod.gpuMicroUsdPerHour,
    },
  };
}

function totalOf(pods: readonly FleetPod[], span: Period) {
  const micro = pods.reduce((sum, pod) => sum + microOf(pod, span), 0);
  const metrics = { incurred_bill: micro / 1e6, contract_cost: 0 };
  return { org_id: 1402, billing_history: [{ attributes: { id: 'marlow-finch' }, metrics }] };
}

const GPU = 'A100-80G-PCIe';

function flavorOf({ gpuId, gpuCount }: FleetPod) {
  return { id: 27, name: gpuId, gpu: GPU, gpu_count: gpuCount, cpu: 28, ram: 120 };
}

function flavorsOf(pod: FleetPod) {
  return { gpu: GPU, region_name: 'CANADA-1', flavors: [flavorOf(pod)] };
}

function vmOf(pod: FleetPod) {
  return {
    id: Number(pod.id),
    name: pod.name,
    status: 'ACTIVE',
    flavor: flavorOf(pod),
    created_at: instantText(pod.fromMs),
  };
}

function priceOf(pod: FleetPod) {
  const price = (pod.gpuMicroUsdPerHour / pod.gpuCount / 1e6).toFixed(6);
  return { id: 12, name: GPU, value: price, original_value: price, discount_applied: false };
}
