/** Emulates the REST API v2 of RunPod: its keys, rate limit, errors and routes. */

import { instantText, MINUTE_MS, SECOND_MS } from '../../domain/period.ts';
import { findFleetPods, type Fleet } from '../fleet.ts';
import { PLANTED_POD_SECRET, RUNPOD_KEY, RUNPOD_KEY_WITHOUT_BILLING } from '../keys.ts';
import {
  BILLING_FAMILIES,
  type BillingFamily,
  handleBilling,
  runpodBadRequest,
  runpodProblem,
} from './runpodBilling.ts';
import {
  type Emulator,
  type EmulatorRequest,
  type EmulatorResponse,
  type EmulatorTime,
  jsonResponse,
  startEmulator,
} from './emulator.ts';
import { DEPLOYMENTS } from '../company.ts';
import type { FleetPod, FleetVolume } from '../rentals.ts';

export interface RunpodSettings extends EmulatorTime {
  /** Requests a minute before a 429. The default is far above what a pull needs. */
  readonly quotaPerMinute?: number;
}

/**
 * Serves the rentals of the fleet at `GET /v2/…`, like https://api.runpod.io. Bills contain only
 * whole hours that have ended. Amounts are JSON numbers whose shortest decimal form is exact.
 */
export function startRunpod(company: Fleet, settings: RunpodSettings): Promise<Emulator> {
  const fleet = { ...company, pods: findFleetPods('runpod-main', company) };
  const quota = quotaKeeper(settings);
  return startEmulator((request) => {
    const refusal = unauthorized(request);
    if (refusal !== undefined) return refusal;
    const headers = quota();
    const response =
      headers['Retry-After'] === undefined
        ? route(fleet, request, settings.nowMs())
        : runpodProblem(429, 'rate limit exceeded for the minute window');
    return { ...response, headers: { ...headers, ...response.headers } };
  });
}

function route(fleet: Fleet, request: EmulatorRequest, nowMs: number): EmulatorResponse {
  const family = familyOf(request.path);
  if (family === undefined && !(request.path in LISTS))
    return runpodProblem(404, 'resource not found');
  if (request.method !== 'GET') {
    return { ...runpodProblem(405, 'method not allowed'), headers: { Allow: 'GET' } };
  }
  if (family === undefined)
    return LISTS[request.path]?.(fleet, request, nowMs) ?? runpodProblem(404);
  if (request.authorization === `Bearer ${RUNPOD_KEY_WITHOUT_BILLING}`) {
    return runpodProblem(403, 'access denied');
  }
  return handleBilling(fleet, { family, query: request.query, nowMs });
}

type Listing = (fleet: Fleet, request: EmulatorRequest, nowMs: number) => EmulatorResponse;

const LISTS: Readonly<Record<string, Listing>> = {
  '/v2/pods': (fleet, _request, nowMs) => jsonResponse(toPodList(fleet, nowMs)),
  '/v2/serverless': () => jsonResponse(toServerlessList()),
  '/v2/network-volumes': (fleet, _request, nowMs) => jsonResponse(toVolumeList(fleet, nowMs)),
  '/v2/clusters': () => jsonResponse(toClusterList()),
  '/v2/catalog/gpus': (_fleet, { query }) => catalog(query),
};

function catalog(query: URLSearchParams): EmulatorResponse {
  const include = query.get('include');
  if (include !== null && include !== 'AVAILABILITY') {
    return runpodBadRequest('include must be AVAILABILITY');
  }
  if ((include === null) !== (query.get('product') === null)) {
    return runpodBadRequest(
      'product is required with include=AVAILABILITY, and valid only with it',
    );
  }
  return jsonResponse(toGpuCatalog({ availability: include !== null }));
}

function familyOf(path: string): BillingFamily | undefined {
  return BILLING_FAMILIES.find((family) => family.path === path);
}

function unauthorized(request: EmulatorRequest): EmulatorResponse | undefined {
  const token = /^Bearer (.+)$/.exec(request.authorization ?? '')?.[1];
  if (token === undefined) return runpodProblem(401, 'missing bearer token');
  return [RUNPOD_KEY, RUNPOD_KEY_WITHOUT_BILLING].includes(token)
    ? undefined
    : runpodProblem(401, 'invalid bearer token');
}

/** Counts requests per minute. The headers include `Retry-After` once the quota is used up. */
function quotaKeeper(settings: RunpodSettings): () => Record<string, string> {
  const quota = settings.quotaPerMinute ?? 6_000;
  let minute = Number.NaN;
  let used = 0;
  return () => {
    const now = settings.nowMs();
    if (Math.floor(now / MINUTE_MS) !== minute) used = 0;
    minute = Math.floor(now / MINUTE_MS);
    used += 1;
    const seconds = Math.ceil(((minute + 1) * MINUTE_MS - now) / 1_000);
    return {
      'RateLimit-Policy': `"minute";q=${quota};w=60`,
      RateLimit: `"minute";r=${Math.max(0, quota - used)};t=${seconds}`,
      ...(used > quota ? { 'Retry-After': String(seconds) } : {}),
    };
  };
}

/** Pods created so far. A returned pod stays listed as EXITED, with its name and no cost. */
function toPodList(fleet: Fleet, nowMs: number) {
  const seen = fleet.pods.filter((pod) => pod.fromMs <= nowMs);
  return { pods: seen.map((pod) => onePod(pod, fleet, nowMs)) };
}

function toServerlessList() {
  return { endpoints: [] };
}

function toClusterList() {
  return { clusters: [] };
}

function toVolumeList(fleet: Fleet, nowMs: number) {
  const seen = fleet.volumes.filter((volume) => volume.fromMs <= nowMs);
  return {
    networkVolumes: seen.map((volume) => ({
      id: volume.id,
      name: volume.name,
      size: volume.sizeGb,
      dataCenter: 'US-KS-2',
      type: 'STANDARD',
    })),
  };
}

function onePod(pod: FleetPod, fleet: Fleet, nowMs: number) {
  const running = pod.toMs === undefined || nowMs < pod.toMs;
  return {
    id: pod.id,
    name: pod.name,
    image: pod.image,
    args: argumentsOf(pod),
    disk: 120,
    ports: ['8000/http'],
    env: { HF_TOKEN: PLANTED_POD_SECRET },
    registry: null,
    status: running ? 'RUNNING' : 'EXITED',
    actions: running ? ['stop', 'restart', 'terminate'] : ['start', 'terminate'],
    mounts: mountsOf(pod, fleet.volumes),
    gpu: { id: pod.gpuId, count: pod.gpuCount },
    cloud: pod.cloud,
    dataCenterId: pod.cloud === 'SECURE' ? 'US-KS-2' : null,
    cudaVersion: '12.8',
    ssh: { proxy: null, direct: null },
    template: null,
    // Only the GPUs; the disk is billed separately.
    cost: running ? pod.gpuMicroUsdPerHour / 1e6 : 0,
    locked: false,
    globalNetworking: { enabled: false },
    runtime: running ? runtimeOf(pod, nowMs) : null,
    createdAt: instantText(pod.fromMs),
    startedAt: instantText(pod.fromMs),
  };
}

function argumentsOf(pod: FleetPod): string {
  const deployment = DEPLOYMENTS.find(({ id }) => id === pod.deployment);
  if (deployment === undefined) return '';
  return `--model ${deployment.model} --served-model-name ${deployment.servedModel}`;
}

function mountsOf(pod: FleetPod, volumes: readonly FleetVolume[]) {
  const volume = volumes.find(({ deployment }) => deployment === pod.deployment);
  return volume === undefined ? {} : { network: [{ volumeId: volume.id, path: '/workspace' }] };
}

function runtimeOf(pod: FleetPod, nowMs: number) {
  return {
    uptime: Math.floor((nowMs - pod.fromMs) / SECOND_MS),
    ports: [{ private: 8000, public: null, type: 'http', ip: null }],
  };
}

/** ID, name, pool, memory in GB, and list prices per GPU-hour: secure, community, serverless. */
const GPUS = [
  ['NVIDIA H100 80GB HBM3', 'H100 SXM', 'HOPPER_80', 80, [3.49, 2.69, 4.18]],
  ['NVIDIA A100 80GB PCIe', 'A100 PCIe', 'AMPERE_80', 80, [1.64, 1.19, 2.72]],
  ['NVIDIA GeForce RTX 4090', 'RTX 4090', 'ADA_24', 24, [0.44, 0.31, 1.1]],
] as const;

function toGpuCatalog(options: { readonly availability: boolean }) {
  return {
    gpus: GPUS.map(([id, name, pool, memory, [secure, community, serverless]]) => ({
      id,
      name,
      pool,
      manufacturer: 'NVIDIA',
      memory,
      secure: true,
      community: true,
      price: { secure, community, serverless },
      maxCount: { secure: 8, community: 4 },
      ...(options.availability && { availability: 'HIGH' }),
    })),
  };
}
