/**
 * Vast.ai's API for tests, from its OpenAPI documents. Not specified in them, so chosen by seed:
 * the order and size of pages, whether items are rounded, whether a contract without cost is
 * listed, the format of a contract's times, and which optional fields are present.
 */

import { DAY_MS, type Period } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  emulateApi,
  pageOfList,
  type EmulatedReply,
} from '../../support/emulator.ts';
import { seededRandom } from '../../../src/platform/random.ts';
import { json, type Reply } from '../../support/httpServer.ts';

/** What one contract cost in one UTC day, in millionths of a dollar by type of item. */
export interface BilledDay {
  readonly source: string;
  readonly dayMs: number;
  readonly microUsd: Readonly<Record<string, number>>;
  /** Text of its GPU item, e.g. `24.000 hours at $0.389/hour`. */
  readonly gpuWords?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface PlantedVast {
  readonly days: readonly BilledDay[];
  readonly instances: readonly Readonly<Record<string, unknown>>[];
  /** The endpoints; an empty list is answered with status 400. */
  readonly endpoints: readonly Readonly<Record<string, unknown>>[];
  /** The offers of the market, by type. */
  readonly offers?: Readonly<Record<'ondemand' | 'bid', readonly object[]>>;
}

export const KEY = 'vast-0123456789abcdef0123456789abcdef';

/** The account as one seed answers it. */
export function vastApi(planted: PlantedVast, seed: string): Reply {
  const listsZeros = seededRandom(seed).integer(0, 1) === 1;
  const known = emulateApi(vastDocument(planted, listsZeros), seed);
  const login = json(
    { success: false, error: 'auth_error', msg: 'This action requires login.' },
    403,
  );
  return (response, request) => {
    if (request.headers.authorization === undefined) login(response, request);
    else known(response, request);
  };
}

/** The account's answers, by the documents. */
export function vastDocument(
  { days, instances, endpoints, offers }: PlantedVast,
  listsZeros = true,
): EmulatedApi {
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 404 },
    errorBody: (status, words) => {
      // Often plain text, and never with a time to wait for.
      if (status === 429) return 'API requests too frequent: endpoint threshold=1.0';
      if (status !== 404) return { error: 'invalid_args', msg: words };
      return { success: false, error: 'auth_error', msg: 'Invalid user key' };
    },
    busy: { status: 429, headers: { 'content-type': 'text/plain' } },
    routes: {
      '/api/v0/charges/': (asked) =>
        chargesOf(listsZeros ? days : days.filter((one) => sumOf(one) !== 0), asked),
      '/api/v1/instances/': (asked) => instancesOf(instances, asked),
      '/api/v0/endptjobs/': ({ choose }) => endpointsOf(endpoints, choose),
      '/api/v0/bundles/': (asked) => offersOf(offers ?? { ondemand: [], bid: [] }, asked),
      '/api/v0/instances/': () => ({
        status: 410,
        body: { success: false, error: 'deprecated_endpoint' },
      }),
    },
  };
}

function windowOf(query: URLSearchParams): Period | undefined {
  try {
    const { day } = JSON.parse(query.get('select_filters') ?? '{}') as {
      day?: { gte?: number; lte?: number };
    };
    if (day?.gte === undefined || day.lte === undefined) return undefined;
    return { startMs: day.gte * 1000, endMs: day.lte * 1000 + 1000 };
  } catch {
    return undefined;
  }
}

function chargesOf(days: readonly BilledDay[], { query, choose }: EmulatedRequest): EmulatedReply {
  const window = windowOf(query);
  if (window === undefined) {
    const msg = "Must provide both 'day' gte and lte filters for instance charges";
    return { status: 400, body: { success: false, msg } };
  }
  const result = days.filter(
    ({ dayMs }) => dayMs >= window.startMs && dayMs + DAY_MS <= window.endMs,
  );
  return paged(
    result.map((one) => rowOf(one, choose)),
    {
      query,
      choose,
      most: 500,
      usual: 100,
      name: `charges ${query.get('select_filters')}`,
      of: (rows) => ({ success: true, count: rows.length, total: result.length, results: rows }),
    },
  );
}

function sumOf({ microUsd }: BilledDay): number {
  return Object.values(microUsd).reduce((sum, micro) => sum + micro, 0);
}

function rowOf(one: BilledDay, choose: SeededChoice) {
  const { source, dayMs, microUsd, metadata, gpuWords } = one;
  const [type = ''] = source.split('-');
  // The contract may have begun earlier, and its end is where its last day begins.
  const start = dayMs / 1000 - choose.oneOf(0, 3, 40) * 86_400;
  const end = choose.oneOf(dayMs / 1000, dayMs / 1000 + 86_400);
  const isExact = choose.oneOf(true, false);
  const dollars = (micro: number) => (isExact ? micro / 1e6 : Math.round(micro / 1000) / 1000);
  const items = choose.shuffled(
    Object.entries(microUsd).map(([name, micro]) => ({
      start,
      end,
      type: name,
      source: null,
      description: name === 'gpu' && gpuWords !== undefined ? gpuWords : `${name} of a day`,
      amount: dollars(micro),
      metadata: {},
      items: [],
    })),
  );
  return {
    start,
    end,
    type,
    source,
    description: `${source} Charges`,
    amount: Math.round(sumOf(one) / 1000) / 1000,
    metadata: metadata ?? choose.oneOf<object | undefined>({}, { template_id: 101 }),
    items,
    ...choose.oneOf<object>({}, { note: null }),
  };
}

function instancesOf(
  instances: PlantedVast['instances'],
  { query, choose }: EmulatedRequest,
): EmulatedReply {
  return paged(instances, {
    query,
    choose,
    most: 25,
    usual: 25,
    name: 'instances',
    of: (rows) => ({
      success: true,
      instances_found: rows.length,
      total_instances: instances.length,
      label_counts: {},
      instances: rows,
    }),
  });
}

interface Paging<T> extends Pick<EmulatedRequest, 'query' | 'choose'> {
  readonly most: number;
  readonly usual: number;
  readonly name: string;
  readonly of: (rows: readonly T[]) => object;
}

function paged<T>(
  all: readonly T[],
  { query, choose, most, usual, name, of }: Paging<T>,
): EmulatedReply {
  const limit = Math.min(Number(query.get('limit') ?? usual), most);
  const page = pageOfList(
    all,
    { limit: choose.oneOf(limit, 2), cursor: query.get('after_token'), name },
    choose,
  );
  if (page === undefined) {
    const body = { success: false, error: 'invalid_token', msg: 'Invalid pagination token' };
    return { status: 400, body };
  }
  return { body: { ...of(page.rows), next_token: page.next ?? null } };
}

function endpointsOf(endpoints: PlantedVast['endpoints'], choose: SeededChoice): EmulatedReply {
  if (endpoints.length > 0) return { body: { success: true, results: choose.shuffled(endpoints) } };
  const body = { success: false, error: 'invalid_args', msg: 'No endpoints for user found' };
  return choose.oneOf<EmulatedReply>(
    { status: 400, body },
    { body: { success: true, results: [] } },
  );
}

/** The order of offers is undocumented; in the document's example a single one is not in a list. */
function offersOf(
  offers: NonNullable<PlantedVast['offers']>,
  { sent, choose }: EmulatedRequest,
): EmulatedReply {
  if (typeof sent !== 'object' || sent === null) {
    return { status: 400, body: { error: 'invalid_request', msg: 'Invalid json body' } };
  }
  const { type = 'ondemand', limit = 64 } = sent as { type?: 'ondemand' | 'bid'; limit?: number };
  return { body: { offers: choose.shuffled(offers[type]).slice(0, limit) } };
}
