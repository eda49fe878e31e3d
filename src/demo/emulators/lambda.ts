/** Emulates the API of Lambda Cloud: current instances, prices, and the audit log. */

import { instantText } from '../../domain/period.ts';
import { type Fleet, findFleetPods } from '../fleet.ts';
import { LAMBDA_KEY, PLANTED_POD_SECRET } from '../keys.ts';
import type { FleetPod } from '../rentals.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  startEmulator,
} from './emulator.ts';

/** Emulates `https://cloud.lambda.ai/api/v1`, which has no billing endpoint. */
export function startLambda(fleet: Fleet, settings: EmulatorTime): Promise<Emulator> {
  const pods = findFleetPods('lambda', fleet);
  return startEmulator(({ method, path, query, authorization }) => {
    if (authorization !== `Bearer ${LAMBDA_KEY}`) {
      return problem(401, 'global/invalid-api-key', 'API key was invalid, expired, or deleted.');
    }
    const list = method === 'GET' ? LISTS[path] : undefined;
    const nowMs = settings.nowMs();
    const response = list?.(
      pods.filter(({ fromMs }) => fromMs <= nowMs),
      { query, nowMs },
    );
    return (
      response ?? problem(404, 'global/object-does-not-exist', 'Specified path was not found.')
    );
  });
}

interface ListInput {
  readonly query: URLSearchParams;
  readonly nowMs: number;
}

type List = (launched: readonly FleetPod[], input: ListInput) => EmulatorResponse;

const LISTS: Readonly<Record<string, List>> = {
  '/api/v1/instances': (launched, { nowMs }) =>
    jsonResponse({ data: launched.filter(({ toMs = Infinity }) => nowMs < toMs).map(instanceOf) }),
  '/api/v1/instance-types': (launched) =>
    jsonResponse({
      data: Object.fromEntries(
        launched.map((pod) => [
          pod.gpuId,
          { instance_type: typeOf(pod), regions_with_capacity_available: [REGION] },
        ]),
      ),
    }),
  '/api/v1/file-systems': () => jsonResponse({ data: [] }),
  '/api/v1/audit-events': auditEvents,
};

function problem(status: number, code: string, message: string): EmulatorResponse {
  return jsonResponse({ error: { code, message, suggestion: 'Check the request.' } }, status);
}

const REGION = { name: 'us-west-1', description: 'California, USA' };

function typeOf({ gpuId, gpuCount, gpuMicroUsdPerHour }: FleetPod) {
  return {
    name: gpuId,
    description: `${gpuCount}x A100 (80 GB PCIe)`,
    gpu_description: 'A100 (80 GB PCIe)',
    price_cents_per_hour: gpuMicroUsdPerHour / 10_000,
    specs: { vcpus: 30, memory_gib: 225, storage_gib: 1_024, gpus: gpuCount },
  };
}

const UNAVAILABLE = { available: false, reason_code: 'vm-has-not-launched' };

function instanceOf(pod: FleetPod) {
  const actions = ['migrate', 'rebuild', 'restart', 'cold_reboot', 'terminate'];
  return {
    id: pod.id,
    name: pod.name,
    ip: '198.51.100.2',
    private_ip: '10.20.2.22',
    status: 'active',
    ssh_key_names: ['platform'],
    file_system_names: [],
    region: REGION,
    instance_type: typeOf(pod),
    hostname: pod.name,
    jupyter_token: PLANTED_POD_SECRET,
    jupyter_url: `https://jupyter.example/?token=${PLANTED_POD_SECRET}`,
    actions: Object.fromEntries(actions.map((action) => [action, UNAVAILABLE])),
  };
}

/** Both bounds are inclusive. */
function auditEvents(launched: readonly FleetPod[], { query, nowMs }: ListInput): EmulatorResponse {
  const bound = (name: string, otherwise: number) => {
    const text = query.get(name);
    return text === null ? otherwise : Date.parse(text);
  };
  const [fromMs, toMs] = [bound('start', Number.NEGATIVE_INFINITY), bound('end', nowMs)];
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) {
    return problem(400, 'global/invalid-parameters', 'start and end are times by RFC 3339.');
  }
  const all = launched.flatMap((pod) => [
    { atMs: pod.fromMs, event: eventOf(pod, 'launched', pod.fromMs) },
    ...(pod.toMs === undefined
      ? []
      : [{ atMs: pod.toMs, event: eventOf(pod, 'terminated', pod.toMs) }]),
  ]);
  const events = all.filter(({ atMs }) => atMs >= fromMs && atMs <= Math.min(toMs, nowMs));
  return jsonResponse({ data: events.map(({ event }) => event), page_token: null });
}

function eventOf(pod: FleetPod, action: string, atMs: number) {
  return {
    service_name: 'cloud',
    resource_name: 'instance',
    action,
    catalog_version: '2025-09-06',
    event_id: `${pod.id}-${action}`,
    event_time: instantText(atMs),
    actor_lrn: null,
    resource_lrns: [`lrn:cloud:instance:${pod.id}`],
    resource_owner_lrn: 'lrn:cloud:account:marlow-finch',
    request_api_key_lrn: null,
    additional_details: { instance_type: pod.gpuId, region: REGION.name },
  };
}
