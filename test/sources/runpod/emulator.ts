/**
 * RunPod's REST v2 for tests, from its OpenAPI document (2.0.0): bills by bucket, lists by cursor.
 * Not specified in the document, so chosen by seed: the order of records, whether a bucket of zeros
 * is listed, how `recordCount` counts, which optional fields are present, whether a list is paged,
 * and whether the bill of pods repeats the nodes of clusters.
 */

import { HOUR_MS, instantText, type Period } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  emulateApi,
  pageOfList,
  type EmulatedReply,
} from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

/** Whole micro-dollars of one resource in one hour, by the field that bills them. */
export interface BilledByField {
  readonly id: string;
  readonly startMs: number;
  readonly microUsd: Readonly<Record<string, number>>;
}

/** What the account was billed, planted by a test. */
export interface PlantedBill {
  readonly pods: readonly BilledByField[];
  readonly serverless: readonly BilledByField[];
  readonly volumes: readonly BilledByField[];
  readonly clusters: readonly BilledByField[];
  readonly publicEndpoints: readonly BilledByField[];
  /** Nodes of clusters: what the bill of pods might repeat. */
  readonly nodes: readonly BilledByField[];
  /** A product that is only on the bill of the whole account. */
  readonly others?: readonly BilledByField[];
}

export interface PlantedLists {
  readonly pods: readonly object[];
  readonly endpoints: readonly object[];
  readonly networkVolumes: readonly object[];
  readonly clusters: readonly object[];
  /** By endpoint. */
  readonly workers?: ((endpointId: string) => readonly object[]) | undefined;
  readonly gpus?: readonly object[];
  /** Pods that are in no list anymore, and are still available by id. */
  readonly goneById?: Readonly<Record<string, object>>;
}

export const KEY = 'rpa_0123456789abcdef';

/** The account as one seed answers it. */
export function runpodApi(bill: PlantedBill, lists: PlantedLists, seed: string): Reply {
  return emulateApi(runpodDocument(bill, lists), seed);
}

/** The account's answers, by the document. */
export function runpodDocument(bill: PlantedBill, lists: PlantedLists): EmulatedApi {
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: (status, detail) => ({ title: 'Problem', status, detail }),
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/v2/catalog/gpus': () => ({ body: { gpus: lists.gpus ?? [] } }),
      '/v2/pods': listOf('pods', lists.pods),
      '/v2/pods/:id': ({ named }) => oneOf(lists.goneById ?? {}, named['id']),
      '/v2/serverless': listOf('endpoints', lists.endpoints),
      '/v2/serverless/:id/workers': ({ named, choose }) =>
        workersOf(lists.workers?.(named['id'] ?? '') ?? [], choose),
      '/v2/network-volumes': listOf('networkVolumes', lists.networkVolumes),
      '/v2/clusters': listOf('clusters', lists.clusters),
      '/v2/billing': billOf(accountOf(bill), {}),
      '/v2/billing/pods': billOf(bill.pods, { id: 'podId', others: bill.nodes }),
      '/v2/billing/serverless': billOf(bill.serverless, { id: 'serverlessId' }),
      '/v2/billing/network-volumes': billOf(bill.volumes, { id: 'networkVolumeId' }),
      '/v2/billing/clusters': billOf(bill.clusters, { id: 'clusterId' }),
      '/v2/billing/endpoints': billOf(bill.publicEndpoints, {}),
    },
  };
}

function listOf(name: string, rows: readonly object[]) {
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    if (choose.oneOf(true, false)) return { body: { [name]: rows } };
    const limit = Number(query.get('limit') ?? '1000');
    const page = pageOfList(
      rows,
      { limit: Math.min(limit, 3), cursor: query.get('cursor'), name },
      choose,
    );
    if (page === undefined) return { status: 422, body: { title: 'Invalid', detail: 'cursor' } };
    const { next } = page;
    const pagination = { hasNextPage: next !== undefined, nextCursor: next ?? null };
    return { body: { [name]: page.rows, pagination } };
  };
}

const NOT_FOUND = { status: 404, body: { title: 'Not Found', status: 404, detail: 'no such id' } };

function oneOf(known: Readonly<Record<string, object>>, id = ''): EmulatedReply {
  const body = known[id];
  return body === undefined ? NOT_FOUND : { body };
}

/** Its document promises a total that its own example breaks. */
function workersOf(workers: readonly object[], choose: SeededChoice): EmulatedReply {
  const counts = { running: workers.length, idle: 0, initializing: 0, throttled: 0, unhealthy: 0 };
  const summary = { ...counts, total: choose.oneOf(workers.length, workers.length + 1) };
  const endpointVersion = choose.oneOf<number | null>(4, null);
  return { body: { endpointVersion, summary, workers: choose.shuffled(workers) } };
}

interface BillShape {
  /** The field with the id; absent where a record is all of a bucket. */
  readonly id?: string;
  /** Optional records. */
  readonly others?: readonly BilledByField[];
}

function billOf(own: readonly BilledByField[], { id, others = [] }: BillShape) {
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const window = windowOf(query);
    if (window === undefined) return { status: 400, body: { title: 'Bad Request', status: 400 } };
    const all = choose.oneOf(false, true) ? [...own, ...others] : own;
    const inside = all.filter(
      ({ startMs }) => startMs >= window.startMs && startMs + HOUR_MS <= window.endMs,
    );
    const result = choose
      .shuffled(inside)
      .filter((one) => sumOf(one) !== 0 || choose.oneOf(true, false));
    const records = result.map((one) => recordOf(one, id, choose));
    const total = inside.reduce((sum, one) => sum + sumOf(one), 0);
    const ids = new Set(result.map((one) => one.id)).size;
    const hours = (window.endMs - window.startMs) / HOUR_MS;
    return {
      body: {
        records,
        metadata: {
          query: { ...timesOf(window), bucketSize: 'hour' },
          recordCount: choose.oneOf(records.length, ids * hours),
          totals: { totalAmount: total / 1e6 },
        },
      },
    };
  };
}

function windowOf(query: URLSearchParams): Period | undefined {
  const [startMs, endMs] = ['startTime', 'endTime'].map((name) =>
    Date.parse(query.get(name) ?? ''),
  );
  if (query.get('bucketSize') !== 'hour' || startMs === undefined || endMs === undefined) return;
  if (!(startMs < endMs)) return undefined;
  return {
    startMs: Math.floor(startMs / HOUR_MS) * HOUR_MS,
    endMs: Math.ceil(endMs / HOUR_MS) * HOUR_MS,
  };
}

function timesOf({ startMs, endMs }: Period) {
  return { startTime: instantText(startMs), endTime: instantText(endMs) };
}

/** Micro-dollars over a million print shortest as their exact decimal. */
function recordOf(one: BilledByField, id: string | undefined, choose: SeededChoice) {
  const amounts = Object.entries(one.microUsd).map(
    ([field, micro]) => [field, micro / 1e6] as const,
  );
  return {
    ...timesOf({ startMs: one.startMs, endMs: one.startMs + HOUR_MS }),
    ...(id === undefined ? {} : { [id]: one.id }),
    totalAmount: sumOf(one) / 1e6,
    ...Object.fromEntries(amounts),
    ...choose.oneOf<object>({}, { note: null }, { region: 'US-KS-2' }),
  };
}

function sumOf({ microUsd }: BilledByField): number {
  return Object.values(microUsd).reduce((sum, micro) => sum + micro, 0);
}

const ACCOUNT_FIELDS: Readonly<
  Record<Exclude<keyof PlantedBill, 'nodes'>, (field: string) => string>
> = {
  pods: (field) => `pod${capital(field)}`,
  serverless: (field) => `serverless${capital(field)}`,
  volumes: (field) => `storage${capital(field)}`,
  clusters: (field) => `cluster${capital(field)}`,
  publicEndpoints: () => 'endpointAmount',
  others: (field) => field,
};

/** One record an hour with the sums of all products. */
function accountOf(bill: PlantedBill): BilledByField[] {
  const hours = new Map<number, Record<string, number>>();
  for (const [product, nameOf] of Object.entries(ACCOUNT_FIELDS)) {
    for (const { startMs, microUsd } of bill[product as keyof PlantedBill] ?? []) {
      const sums = hours.get(startMs) ?? {};
      for (const [field, micro] of Object.entries(microUsd)) {
        sums[nameOf(field)] = (sums[nameOf(field)] ?? 0) + micro;
      }
      hours.set(startMs, sums);
    }
  }
  return [...hours].map(([startMs, microUsd]) => ({ id: '', startMs, microUsd }));
}

function capital(field: string): string {
  return `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}
