/** Emulates the REST API v2 of RunPod: its keys, rate limit, errors and routes. */

import { MINUTE_MS } from '../../domain/period.ts';
import { type Fleet, rentedFrom } from '../fleet.ts';
import { RUNPOD_KEY, RUNPOD_KEY_WITHOUT_BILLING } from '../keys.ts';
import { badRequest, problem } from './runpodAnswer.ts';
import { billing } from './runpodBilling.ts';
import { type BillingFamily, FAMILIES } from './runpodFamilies.ts';
import {
  catalogGpus,
  clusterList,
  podList,
  serverlessList,
  volumeList,
} from './runpodInventory.ts';
import {
  type Answer,
  type Emulator,
  type EmulatorTime,
  json,
  type Question,
  serve,
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
  const fleet = { ...company, pods: rentedFrom('runpod-main', company) };
  const quota = quotaKeeper(settings);
  return serve((request) => {
    const refusal = unauthorized(request);
    if (refusal !== undefined) return refusal;
    const headers = quota();
    const response =
      headers['Retry-After'] === undefined
        ? route(fleet, request, settings.nowMs())
        : problem(429, 'rate limit exceeded for the minute window');
    return { ...response, headers: { ...headers, ...response.headers } };
  });
}

function route(fleet: Fleet, request: Question, nowMs: number): Answer {
  const family = familyOf(request.path);
  if (family === undefined && !(request.path in LISTS)) return problem(404, 'resource not found');
  if (request.method !== 'GET') {
    return { ...problem(405, 'method not allowed'), headers: { Allow: 'GET' } };
  }
  if (family === undefined) return LISTS[request.path]?.(fleet, request, nowMs) ?? problem(404);
  if (request.authorization === `Bearer ${RUNPOD_KEY_WITHOUT_BILLING}`) {
    return problem(403, 'access denied');
  }
  return billing(fleet, { family, query: request.query, nowMs });
}

type Listing = (fleet: Fleet, request: Question, nowMs: number) => Answer;

const LISTS: Readonly<Record<string, Listing>> = {
  '/v2/pods': (fleet, _request, nowMs) => json(podList(fleet, nowMs)),
  '/v2/serverless': () => json(serverlessList()),
  '/v2/network-volumes': (fleet, _request, nowMs) => json(volumeList(fleet, nowMs)),
  '/v2/clusters': () => json(clusterList()),
  '/v2/catalog/gpus': (_fleet, { query }) => catalog(query),
};

function catalog(query: URLSearchParams): Answer {
  const include = query.get('include');
  if (include !== null && include !== 'AVAILABILITY') {
    return badRequest('include must be AVAILABILITY');
  }
  if ((include === null) !== (query.get('product') === null)) {
    return badRequest('product is required with include=AVAILABILITY, and valid only with it');
  }
  return json(catalogGpus({ availability: include !== null }));
}

function familyOf(path: string): BillingFamily | undefined {
  return FAMILIES.find((family) => family.path === path);
}

function unauthorized(request: Question): Answer | undefined {
  const token = /^Bearer (.+)$/.exec(request.authorization ?? '')?.[1];
  if (token === undefined) return problem(401, 'missing bearer token');
  return [RUNPOD_KEY, RUNPOD_KEY_WITHOUT_BILLING].includes(token)
    ? undefined
    : problem(401, 'invalid bearer token');
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
