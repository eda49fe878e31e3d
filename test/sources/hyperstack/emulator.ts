/**
 * Hyperstack's Infrahub API v1 for tests, from its SDK's models and its documentation: the key in
 * `api_key`, lists by page number, amounts of the requested time, by rate and running time. Not
 * specified there, so chosen by seed: the order of rows, whether a number is in quotes, hours or
 * seconds of usage, optional fields, whether a list of clusters has their VMs, the key of
 * snapshots, and the answer for an organization without AI Studio.
 */

import { HOUR_MS, parseInstant } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  emulateApi,
  type EmulatedReply,
} from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

export const KEY = 'a1b2c3d4-hyperstack-0123456789';

export type FamilyName =
  | 'vm'
  | 'volume'
  | 'snapshot'
  | 'bucket'
  | 'contract'
  | 'cluster'
  | 'serverless_inference'
  | 'fine_tuning'
  | 'model_evaluation'
  | 'data_synthesis';

/** Something that is billed by the hour from one moment to another. */
export interface PlantedThing {
  readonly number: number;
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Millionths of a dollar, and before discounts. */
  readonly microPerHour: number;
  readonly listMicroPerHour?: number;
  readonly contract?: number;
  readonly model?: string;
  /** Numbers of the VMs of a cluster, which its own bill sums. */
  readonly nodes?: readonly number[];
}

export interface PlantedOrganization {
  readonly things: Readonly<Partial<Record<FamilyName, readonly PlantedThing[]>>>;
  readonly vms: readonly object[];
  readonly volumes: readonly object[];
  readonly clusters: readonly object[];
  readonly flavors: readonly object[];
  readonly prices: readonly object[];
  /** Whether the list of VMs includes the nodes of clusters. */
  readonly areNodesListed?: boolean;
  readonly longestPage?: number;
  /** Whether the count beside a list of VMs is of its page, and not of all. */
  readonly isCountOfPage?: boolean;
  /** What the organization's total has beside the cloud. */
  readonly isStudioInTotal?: boolean;
}

const PATHS: Readonly<Record<FamilyName, string>> = {
  vm: 'virtual-machine',
  volume: 'volume',
  snapshot: 'snapshot',
  bucket: 'bucket',
  contract: 'contract',
  cluster: 'cluster',
  serverless_inference: 'serverless_inference',
  fine_tuning: 'fine_tuning',
  model_evaluation: 'model_evaluation',
  data_synthesis: 'data_synthesis',
};
const NAMES = Object.keys(PATHS) as FamilyName[];
const STUDIO = new Set<FamilyName>(NAMES.slice(6));

export function hyperstackApi(planted: PlantedOrganization, seed: string): Reply {
  return emulateApi(hyperstackDocument(planted), seed);
}

export function hyperstackDocument(planted: PlantedOrganization): EmulatedApi {
  const { vms, volumes, clusters, flavors, prices, isCountOfPage = false } = planted;
  const histories = NAMES.map((name) => [`${HISTORY}/${PATHS[name]}`, historyOf(name, planted)]);
  return {
    auth: { header: 'api_key', value: KEY, status: 401 },
    errorBody: (status, message) => ({ status: false, error_reason: `reason_${status}`, message }),
    busy: { status: 429, headers: {} },
    routes: {
      '/core/virtual-machines': listOf('instances', vms, isCountOfPage),
      '/core/volumes': listOf('volumes', volumes, isCountOfPage),
      '/core/clusters': listOf('clusters', clusters, isCountOfPage),
      '/core/flavors': ({ choose }) => ({
        body: { status: true, message: 'Flavors', data: choose.shuffled(flavors) },
      }),
      '/pricebook': ({ choose }) => ({ body: choose.shuffled(prices) }),
      ...Object.fromEntries(histories),
      [`${HISTORY}/cluster/:number`]: clusterOf(planted),
      [HISTORY]: totalOf(planted),
    },
  };
}

const HISTORY = '/billing/billing/history';

function listOf(name: string, all: readonly object[], isCountOfPage: boolean) {
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const { rows, page, size } = pageIn(all, query, ['page_size', 2]);
    const count = isCountOfPage ? rows.length : all.length;
    const result = { [name]: choose.shuffled(rows), count, page, page_size: size };
    return { body: { status: true, message: 'Done', ...result } };
  };
}

function pageIn<T>(
  all: readonly T[],
  query: URLSearchParams,
  [name, longest]: readonly [string, number],
) {
  const size = Math.min(Number(query.get(name) ?? 10), longest);
  const page = Number(query.get('page') ?? 1);
  const pages = Math.ceil(all.length / size);
  return { rows: all.slice((page - 1) * size, page * size), page, pages, size };
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

function spanIn(query: URLSearchParams): Span | undefined {
  const [from = '', to = ''] = ['start_date', 'end_date'].map((name) => query.get(name) ?? '');
  if (!TIME.test(from) || !TIME.test(to)) return undefined;
  const [fromMs = 0, toMs = 0] = [from, to].map((text) => parseInstant(text));
  return fromMs < toMs ? { fromMs, toMs } : undefined;
}

const BAD: EmulatedReply = {
  status: 400,
  body: { status: false, error_reason: 'bad_request', message: 'start_date is not valid' },
};

function hoursIn({ fromMs, toMs }: PlantedThing, span: Span): number {
  return Math.max(0, Math.min(toMs, span.toMs) - Math.max(fromMs, span.fromMs)) / HOUR_MS;
}

/** What a VM or any other resource costs; a cluster costs what its VMs do, plus its own rate. */
function microOf(planted: PlantedOrganization, thing: PlantedThing, span: Span): number {
  const nodes = nodesOf(planted, thing).map((node) => microOf(planted, node, span));
  const own = Math.round(hoursIn(thing, span) * thing.microPerHour);
  return nodes.reduce((sum, one) => sum + one, own);
}

function nodesOf({ things }: PlantedOrganization, { nodes = [] }: PlantedThing): PlantedThing[] {
  return (things.vm ?? []).filter(({ number }) => nodes.includes(number));
}

function thingsOf(name: FamilyName, planted: PlantedOrganization): readonly PlantedThing[] {
  const all = planted.things[name] ?? [];
  if (name !== 'vm' || planted.areNodesListed === true) return all;
  const nodes = new Set((planted.things.cluster ?? []).flatMap(({ nodes: own = [] }) => own));
  return all.filter(({ number }) => !nodes.has(number));
}

function historyOf(name: FamilyName, planted: PlantedOrganization) {
  const key = (choose: SeededChoice) =>
    name === 'snapshot' ? choose.oneOf('snapshot', 'volume') : name;
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const span = spanIn(query);
    if (span === undefined) return BAD;
    const all = thingsOf(name, planted).filter((thing) => hoursIn(thing, span) > 0);
    if (all.length === 0 && STUDIO.has(name) && (planted.things[name] ?? []).length === 0) {
      const none = { status: false, error_reason: 'not_found', message: 'no such organization' };
      if (choose.oneOf(true, false)) return { status: 404, body: none };
    }
    const { rows, page, pages, size } = pageIn(all, query, ['per_page', planted.longestPage ?? 50]);
    const billing = choose
      .shuffled(rows)
      .map((thing) => rowOf(thing, { name, planted, span, choose }));
    const history = {
      org_id: 1402,
      billing_history: billing,
      total_count: all.length,
      pagination: choose.oneOf<object | undefined>({ page, pages, per_page: size }, undefined),
    };
    const word = STUDIO.has(name) ? 'success' : 'status';
    return {
      body: {
        [word]: true,
        message: 'Billing History',
        [`billing_history_${key(choose)}`]: history,
      },
    };
  };
}

interface About {
  readonly name: FamilyName;
  readonly planted: PlantedOrganization;
  readonly span: Span;
  readonly choose: SeededChoice;
}

function rowOf(thing: PlantedThing, about: About): object {
  const { name, planted, span, choose } = about;
  const micro = microOf(planted, thing, span);
  const hours = hoursIn(thing, span);
  const spelled = (value: number) => choose.oneOf<number | string>(value, String(value));
  const { number, contract = null, listMicroPerHour: list, model } = thing;
  const uuid = `0a1b2c3d-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const listed =
    list === undefined ? {} : { non_discounted_bill: spelled(Math.round(hours * list) / 1e6) };
  const nodes = nodesOf(planted, thing);
  const result = nodes.map((node) => rowOf(node, { ...about, name: 'vm' }));
  return {
    attributes: {
      ...(STUDIO.has(name) ? {} : { id: uuid, contract_id: contract }),
      infrahub_id: number,
      resource_name: thing.name,
      status: 'ACTIVE',
      ...(model === undefined ? {} : { base_model: model, base_model_display_name: model }),
    },
    metrics: {
      incurred_bill: spelled(micro / 1e6),
      price_per_hour: spelled(thing.microPerHour / 1e6),
      usage_time: choose.oneOf(hours, hours * 3600),
      ...listed,
    },
    ...(nodes.length > 0 && choose.oneOf(true, false) ? { nodes: result } : {}),
  };
}

function clusterOf(planted: PlantedOrganization) {
  return ({ named, query, choose }: EmulatedRequest): EmulatedReply => {
    const span = spanIn(query);
    const { cluster = [] } = planted.things;
    const thing = cluster.find(({ number }) => String(number) === named['number']);
    if (span === undefined) return BAD;
    if (thing === undefined) {
      return { status: 404, body: { status: false, error_reason: 'not_found', message: 'none' } };
    }
    const about = { name: 'cluster', planted, span, choose } as const;
    const nodes = nodesOf(planted, thing).map((node) => rowOf(node, { ...about, name: 'vm' }));
    const row = { ...rowOf(thing, about), nodes };
    return { body: { status: true, message: 'Done', billing_history_cluster_details: row } };
  };
}

/** A VM that is a node of a cluster is in the total once. */
export function totalMicro(planted: PlantedOrganization, span: Span): number {
  const { areNodesListed = false, isStudioInTotal = false } = planted;
  return NAMES.filter((name) => isStudioInTotal || !STUDIO.has(name))
    .flatMap((name) =>
      thingsOf(name, planted).map((thing) => {
        const nodes = areNodesListed ? nodesOf(planted, thing) : [];
        const shared = nodes.reduce((sum, node) => sum + microOf(planted, node, span), 0);
        return microOf(planted, thing, span) - shared;
      }),
    )
    .reduce((sum, one) => sum + one, 0);
}

function totalOf(planted: PlantedOrganization) {
  return ({ query }: EmulatedRequest): EmulatedReply => {
    const span = spanIn(query);
    if (span === undefined) return BAD;
    const metrics = { incurred_bill: totalMicro(planted, span) / 1e6, contract_cost: 0 };
    const history = { org_id: 1402, billing_history: [{ attributes: { id: 'o' }, metrics }] };
    return { body: { status: true, message: 'Done', billing_history: history } };
  };
}
