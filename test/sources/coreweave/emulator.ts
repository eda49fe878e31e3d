/**
 * CoreWeave's FOCUS export for tests, from its documentation: hourly quantities, either by location
 * or by capacity plan, and no money. Not specified there, so chosen by seed: the length of pages,
 * numbers or texts, null or absent fields, and whether the end of the window is included.
 */

import { HOUR_MS, instantText } from '../../../src/domain/period.ts';
import {
  type EmulatedApi,
  type EmulatedReply,
  type EmulatedRequest,
  pageOfList,
} from '../../support/emulator.ts';

/** One hour of one SKU in a cluster, by plan. */
export interface PlantedUsage {
  readonly startMs: number;
  readonly sku: string;
  readonly unit: string;
  readonly product: string;
  readonly zone: string;
  readonly cluster?: { readonly id: string; readonly name: string };
  /** Quantities as decimals, by plan. */
  readonly plans: Readonly<Record<string, string>>;
}

export interface PlantedOrganization {
  readonly usage: readonly PlantedUsage[];
  readonly clusters: readonly { readonly id: string; readonly name: string }[];
  readonly isEnabled?: boolean;
  readonly asOf?: string;
}

export const KEY = 'CW-SECRET-0123456789abcdef';

export function coreweaveDocument(organization: PlantedOrganization): EmulatedApi {
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: (status, message) => ({ code: status, message, details: [] }),
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/v1beta1/cks/clusters': ({ choose }) => ({
        body: {
          items: choose.shuffled(organization.clusters).map((one) => ({
            ...one,
            zone: 'US-EAST-04A',
            kubeConfig: 'apiVersion: v1, token: kc-0123456789',
          })),
        },
      }),
      '/v1/billing/focus': (asked) =>
        organization.isEnabled === false
          ? { status: 403, body: { code: 7, message: 'permission denied', details: [] } }
          : focusOf(organization, asked),
    },
  };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MOST_MS = 90 * 24 * HOUR_MS;

function focusOf(
  { usage, asOf }: PlantedOrganization,
  { query, choose }: EmulatedRequest,
): EmulatedReply {
  const refused = (message: string) => ({ status: 400, body: { code: 3, message, details: [] } });
  const [start = '', end = ''] = ['start_time', 'end_time'].map((name) => query.get(name) ?? '');
  if (!TIME.test(start) || !TIME.test(end)) return refused('times are ISO 8601 in UTC');
  const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
  if (endMs <= startMs || endMs - startMs > MOST_MS) return refused('at most 90 days');
  const groupBy = query.get('group_by');
  if (groupBy !== 'location' && groupBy !== 'capacity_plan') return refused('unknown group_by');
  const limit = Number(query.get('page_size') ?? '1000');
  if (!(limit >= 1 && limit <= 1000)) return refused('page_size is 1 to 1000');
  const isInclusive = (startMs / HOUR_MS) % 2 === 0;
  const inside = usage.filter(
    (one) =>
      one.startMs >= startMs && (one.startMs < endMs || (isInclusive && one.startMs === endMs)),
  );
  const rows: readonly Row[] = groupBy === 'location' ? inside.map(byLocation) : byPlan(inside);
  const cursor = query.get('page_token');
  const page = pageOfList(rows, { limit: Math.min(limit, 7), cursor, name: groupBy }, choose);
  if (page === undefined) return refused('unknown page_token');
  const none = choose.oneOf<object>({}, { next_page_token: null }, { next_page_token: '' });
  return {
    body: {
      data: page.rows.map((row) => ({
        ...row,
        PricingQuantity: choose.oneOf<string | number>(
          row.PricingQuantity,
          Number(row.PricingQuantity),
        ),
        ...choose.oneOf<object>({}, BLANK),
      })),
      ...(page.next === undefined ? none : { next_page_token: page.next }),
      ...(asOf === undefined
        ? choose.oneOf<object>({}, { data_as_of: null })
        : { data_as_of: asOf }),
    },
  };
}

/** Fields that are blank in this release. */
const BLANK = {
  BillingAccountName: null,
  ChargeClass: null,
  ChargeDescription: '',
  RegionName: null,
  ResourceType: null,
  BilledCost: null,
};

type Row = ReturnType<typeof rowOf> & {
  readonly PricingQuantity: string;
  readonly RegionId: string | null;
  readonly x_ClusterId: string | null;
  readonly x_ClusterName: string | null;
  readonly x_CapacityPlan: string | null;
};

const rowOf = ({ startMs, sku, unit, product }: PlantedUsage) => ({
  ChargePeriodStart: instantText(startMs),
  ChargePeriodEnd: instantText(startMs + HOUR_MS),
  SkuId: sku,
  PricingUnit: unit,
  ServiceName: product,
  x_ProductFamily: product,
});

function byLocation(one: PlantedUsage) {
  return {
    ...rowOf(one),
    PricingQuantity: summed(Object.values(one.plans)),
    RegionId: one.zone,
    x_ClusterId: one.cluster?.id ?? null,
    x_ClusterName: one.cluster?.name ?? null,
    x_CapacityPlan: null,
  };
}

function byPlan(usage: readonly PlantedUsage[]) {
  const rows = new Map<string, { one: PlantedUsage; plan: string; parts: string[] }>();
  for (const one of usage) {
    for (const [plan, quantity] of Object.entries(one.plans)) {
      const name = `${one.startMs} ${one.sku} ${plan}`;
      const row = rows.get(name) ?? { one, plan, parts: [] };
      row.parts.push(quantity);
      rows.set(name, row);
    }
  }
  return [...rows.values()].map(({ one, plan, parts }) => ({
    ...rowOf(one),
    PricingQuantity: summed(parts),
    RegionId: null,
    x_ClusterId: null,
    x_ClusterName: null,
    x_CapacityPlan: plan,
  }));
}

/** Quantities here have at most four decimals. */
function summed(parts: readonly string[]): string {
  const whole = parts.reduce((sum, text) => sum + Math.round(Number(text) * 10_000), 0);
  return String(whole / 10_000);
}

export const START_MS = Date.UTC(2026, 8, 1, 8);
const TRAIN = { id: 'c-1', name: 'train' };
const SERVE = { id: 'c-2', name: 'serve' };
const GPU = { unit: 'Instance-Hour', product: 'GPU Compute', zone: 'US-EAST-04A' };

function hour(startMs: number): PlantedUsage[] {
  const h100 = { ...GPU, startMs, sku: 'gd-8xh100ib-i128' };
  return [
    { ...h100, cluster: TRAIN, plans: { Reserved: '12', 'On-Demand': '4' } },
    { ...h100, cluster: SERVE, plans: { Reserved: '4' } },
    { ...GPU, startMs, sku: 'gd-8xl40s-i128', cluster: SERVE, plans: { 'On-Demand': '1.5' } },
    {
      startMs,
      sku: 'dfs-standard',
      unit: 'GiB-Hour',
      product: 'Storage',
      zone: 'US-EAST-04A',
      plans: { 'On-Demand': '1024' },
    },
  ];
}

/** So many hours from eight o'clock on. */
export function organizationOf(hours: number): PlantedOrganization {
  const starts = Array.from({ length: hours }, (_, at) => START_MS + at * HOUR_MS);
  return { clusters: [TRAIN, SERVE], usage: starts.flatMap(hour) };
}

export const RATES = {
  'reserved/gd-8xh100ib-i128': 30,
  'dfs-*': '0.0001',
};
