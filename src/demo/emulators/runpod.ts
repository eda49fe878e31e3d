/** Emulates the REST API v2 of RunPod: its keys, rate limit, errors and routes. */

import { MINUTE_MS } from '../../domain/period.ts';
import { type Fleet, findFleetPods } from '../fleet.ts';
import { RUNPOD_KEY, RUNPOD_KEY_WITHOUT_BILLING } from '../keys.ts';
import { runpodBadRequest, runpodProblem } from './runpodAnswer.ts';
import { handleBilling } from './runpodBilling.ts';
import { type BillingFamily, BILLING_FAMILIES } from './runpodFamilies.ts';
import {
  toGpuCatalog,
  toClusterList,
  toPodList,
  toServerlessList,
  toVolumeList,
} from './runpodInventory.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  type EmulatorRequest,
  startEmulator,
} from './serve.ts';

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
