/**
 * Lambda Cloud for tests, from its OpenAPI document (1.10.0): only the present is listed, the log
 * goes back as far as it is kept. Not specified in the document, so chosen by seed: the order of
 * instances, the length of the log's pages, names of actions, optional fields, and whether
 * terminated instances stay in the list.
 */

import { HOUR_MS, MINUTE_MS } from '../../../src/domain/period.ts';
import {
  emulateApi,
  type EmulatedApi,
  type EmulatedReply,
  type EmulatedRequest,
  pageOfList,
  type SeededChoice,
} from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

/** One instance as it truly was. */
export interface PlantedInstance {
  readonly id: string;
  readonly name?: string;
  readonly type: string;
  readonly launchedMs: number;
  /** When it passed its health check; at its start by default. */
  readonly activeMs?: number;
  readonly terminatedMs?: number;
}

export interface PlantedType {
  readonly gpus: number;
  readonly gpu: string;
  /** Cents per hour from a moment on, oldest first. */
  readonly cents: readonly (readonly [fromMs: number, cents: number])[];
}

export interface PlantedAccount {
  readonly types: Readonly<Record<string, PlantedType>>;
  readonly instances: readonly PlantedInstance[];
  readonly fileSystems?: readonly { readonly id: string; readonly bytes?: number }[];
  /** Events before this moment are no longer stored, and those of the last minutes not yet. */
  readonly heldFromMs?: number;
  readonly lateMs?: number;
}

export const KEY = 'secret_rentcheck_0123456789abcdef.ABCDEFGHIJ';

/** The account at a moving time, as one seed answers it. */
export function lambdaApi(account: PlantedAccount, nowMs: () => number, seed: string): Reply {
  return emulateApi(lambdaDocument(account, nowMs), seed);
}

export function lambdaDocument(account: PlantedAccount, nowMs: () => number): EmulatedApi {
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: problem,
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/api/v1/instances': (asked) => ({ body: { data: instancesAt(account, nowMs(), asked) } }),
      '/api/v1/instance-types': ({ choose }) => ({
        body: { data: typesAt(account, nowMs(), choose) },
      }),
      '/api/v1/file-systems': ({ choose }) => ({
        body: { data: (account.fileSystems ?? []).map((one) => fileSystemOf(one, choose)) },
      }),
      '/api/v1/audit-events': (asked) => eventsAt(account, nowMs(), asked),
    },
  };
}

const CODES: Readonly<Record<number, string>> = {
  400: 'global/invalid-parameters',
  401: 'global/invalid-api-key',
  403: 'global/account-inactive',
  404: 'global/not-found',
};

function problem(status: number, message: string) {
  const code = CODES[status] ?? 'global/too-many-requests';
  return { error: { code, message, suggestion: 'Check the request, then try again.' } };
}

const REGION = { name: 'us-west-1', description: 'California, USA' };

function typeAt(name: string, { gpus, gpu, cents }: PlantedType, atMs: number) {
  const price = cents.findLast(([fromMs]) => fromMs <= atMs)?.[1] ?? cents[0]?.[1] ?? 0;
  return {
    name,
    description: `${gpus}x ${gpu}`,
    gpu_description: gpu,
    price_cents_per_hour: price,
    specs: { vcpus: 26 * gpus, memory_gib: 225 * gpus, storage_gib: 2816 * gpus, gpus },
  };
}

function typesAt({ types }: PlantedAccount, atMs: number, choose: SeededChoice) {
  const entries = Object.entries(types).map(([name, type]) => [
    name,
    {
      instance_type: typeAt(name, type, atMs),
      regions_with_capacity_available: choose.oneOf<object[]>([], [REGION]),
    },
  ]);
  return Object.fromEntries(choose.shuffled(entries)) as object;
}

const UNAVAILABLE = { available: false, reason_code: 'vm-has-not-launched' };

function instancesAt(
  { types, instances }: PlantedAccount,
  atMs: number,
  { choose }: EmulatedRequest,
) {
  const rows = instances.flatMap((one) => {
    const type = types[one.type];
    if (one.launchedMs > atMs || type === undefined) return [];
    const isOver = one.terminatedMs !== undefined && one.terminatedMs <= atMs;
    if (isOver && (atMs - (one.terminatedMs ?? 0) > HOUR_MS / 4 || choose.oneOf(true, false))) {
      return [];
    }
    const ended = choose.oneOf('terminated', 'terminating');
    const status = isOver ? ended : atMs < (one.activeMs ?? one.launchedMs) ? 'booting' : 'active';
    return [
      {
        id: one.id,
        ...(one.name === undefined ? {} : { name: one.name }),
        ...choose.oneOf<object>({}, { ip: '198.51.100.2', private_ip: '10.0.2.100' }),
        status,
        ssh_key_names: ['key'],
        file_system_names: [],
        region: REGION,
        instance_type: typeAt(one.type, type, atMs),
        ...choose.oneOf<object>({}, { hostname: 'headnode1', tags: [{ key: 'team', value: 'a' }] }),
        ...choose.oneOf<object>(
          {},
          { jupyter_token: 'jt-0123456789', jupyter_url: 'https://jupyter.example/?token=jt-01' },
        ),
        actions: Object.fromEntries(
          ['migrate', 'rebuild', 'restart', 'cold_reboot', 'terminate'].map((action) => [
            action,
            UNAVAILABLE,
          ]),
        ),
      },
    ];
  });
  return choose.shuffled(rows);
}

function fileSystemOf({ id, bytes }: { id: string; bytes?: number }, choose: SeededChoice) {
  return {
    id,
    name: `fs-${id}`,
    mount_point: `/lambda/nfs/fs-${id}`,
    created: '2026-06-01T00:00:00Z',
    created_by: { id: 'u1', email: 'someone@example.com', status: 'active' },
    is_in_use: choose.oneOf(true, false),
    region: REGION,
    ...(bytes === undefined ? {} : { bytes_used: bytes }),
  };
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Both bounds are inclusive; a token continues where its page ended. */
function eventsAt(
  account: PlantedAccount,
  nowMs: number,
  { query, choose }: EmulatedRequest,
): EmulatedReply {
  const [start, end] = [query.get('start'), query.get('end')];
  const isBad = [start, end].some((text) => text !== null && !ISO.test(text));
  if (isBad) return { status: 400, body: problem(400, 'not a timestamp') };
  const [fromMs, toMs] = [start, end].map((text) => (text === null ? undefined : Date.parse(text)));
  const known = eventsOf(account).filter(
    ({ atMs }) =>
      atMs >= Math.max(fromMs ?? 0, account.heldFromMs ?? 0) &&
      atMs <= Math.min(toMs ?? nowMs, nowMs - (account.lateMs ?? 0)),
  );
  const name = `events ${start} ${end}`;
  const cursor = query.get('page_token');
  const page = pageOfList(known, { limit: 3, cursor, name }, choose);
  if (page === undefined) return { status: 400, body: problem(400, 'unknown page_token') };
  return {
    body: { data: page.rows.map(({ event }) => event), page_token: page.next ?? null },
  };
}

function eventsOf({ instances }: PlantedAccount) {
  const events = instances.flatMap(({ id, type, launchedMs, terminatedMs }) => {
    // The document does not say which of the two names the instance.
    const lrn = `lrn:cloud:instance:${id}`;
    const isInList = id.length % 2 === 0;
    const details = {
      ...(isInList ? {} : { instance_lrn: lrn }),
      instance_type: type,
      region: 'us',
    };
    const eventAt = (atMs: number, action: string) => ({
      atMs,
      event: {
        service_name: 'cloud',
        resource_name: 'instance',
        action,
        catalog_version: '2025-09-06',
        event_id: `${id}-${action}`,
        event_time: new Date(atMs).toISOString().replace('Z', '456Z'),
        actor_lrn: null,
        resource_lrns: isInList ? [lrn] : [],
        resource_owner_lrn: 'lrn:cloud:account:a1',
        request_api_key_lrn: null,
        additional_details: details,
      },
    });
    const word = id.length % 2 === 0 ? ['launched', 'terminated'] : ['created', 'deleted'];
    return [
      eventAt(launchedMs, word[0] ?? ''),
      ...(terminatedMs === undefined ? [] : [eventAt(terminatedMs, word[1] ?? '')]),
    ];
  });
  return [...events, keyEvent].sort((a, b) => a.atMs - b.atMs);
}

/** Other events of an account. */
const keyEvent = {
  atMs: Date.UTC(2026, 8, 1, 9),
  event: {
    service_name: 'cloud',
    resource_name: 'api_key',
    action: 'created',
    catalog_version: '2025-09-06',
    event_id: 'key-created',
    event_time: '2026-09-01T09:00:00.000001Z',
    actor_lrn: 'lrn:cloud:identity:i1',
    resource_lrns: ['lrn:cloud:api_key:k1'],
    resource_owner_lrn: null,
    request_api_key_lrn: null,
    additional_details: { api_key_lrn: 'lrn:cloud:api_key:k1' },
  },
};

export const SEPTEMBER_2_MS = Date.UTC(2026, 8, 2);
const at = (hours: number, minutes = 0) => SEPTEMBER_2_MS + hours * HOUR_MS + minutes * MINUTE_MS;

/** $23.92 an hour for eight GPUs, $0.75 for one. */
export const TYPES = {
  gpu_8x_h100_sxm5: { gpus: 8, gpu: 'H100 (80 GB SXM5)', cents: [[0, 2392]] },
  gpu_1x_a10: { gpus: 1, gpu: 'A10 (24 GB PCIe)', cents: [[0, 75]] },
} as const;

export const ACCOUNT: PlantedAccount = {
  types: TYPES,
  instances: [
    { id: 'aa01', name: 'trainer', type: 'gpu_8x_h100_sxm5', launchedMs: at(1, 15) },
    { id: 'bb002', type: 'gpu_1x_a10', launchedMs: at(2), terminatedMs: at(3, 30) },
  ],
  fileSystems: [{ id: 'fs1', bytes: 3 * 2 ** 30 }],
};
