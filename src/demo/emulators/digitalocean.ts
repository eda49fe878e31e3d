/** Emulates the API of DigitalOcean: monthly invoices, and estimates until then. */

import { createHash } from 'node:crypto';
import { DAY_MS, dayText, HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import { monthsIn, TIMELINE } from '../calendar.ts';
import { type Fleet, findFleetPods } from '../fleet.ts';
import { DIGITALOCEAN_KEY } from '../keys.ts';
import { type FleetPod, computeRentedDays, computeRentedHours } from '../rentals.ts';
import {
  type EmulatorResponse,
  type Emulator,
  type EmulatorTime,
  jsonResponse,
  startEmulator,
} from './emulator.ts';

export const DIGITALOCEAN_TEAM = '3f0d7a52-1c1e-4c1b-9d53-70a1a4f4c9de';

/** Emulates `https://api.digitalocean.com`. Invoice amounts are strings in whole cents. */
export function startDigitalocean(fleet: Fleet, settings: EmulatorTime): Promise<Emulator> {
  const pods = findFleetPods('digitalocean', fleet);
  return startEmulator(({ method, path, query, authorization }) => {
    if (authorization !== `Bearer ${DIGITALOCEAN_KEY}`) {
      return problem(401, 'unauthorized', 'Unable to authenticate you');
    }
    const nowMs = settings.nowMs();
    const rented = pods.filter(({ fromMs }) => fromMs <= nowMs);
    const found = method === 'GET' ? route(rented, path, nowMs) : undefined;
    if (found === undefined) return problem(404, 'not_found', 'The resource was not found.');
    return 'rows' in found ? jsonResponse(pageOf(found, query)) : jsonResponse(found.whole);
  });
}

function problem(status: number, id: string, message: string): EmulatorResponse {
  return jsonResponse({ id, message }, status);
}

interface List {
  readonly name: string;
  readonly rows: readonly object[];
  readonly counts?: 'flat';
}

function route(
  pods: readonly FleetPod[],
  path: string,
  nowMs: number,
): List | { readonly whole: object } | undefined {
  const invoices = invoicesBy(pods, nowMs);
  if (path === '/v2/sizes') return { name: 'sizes', rows: pods.map(sizeOf) };
  if (path === '/v2/droplets') return { name: 'droplets', rows: pods.map(dropletOf) };
  const bills = '/v2/customers/my';
  if (path === `${bills}/invoices`) return { name: 'invoices', rows: invoices.map(previewOf) };
  if (path === `${bills}/billing_history`) {
    return { name: 'billing_history', rows: invoices.map(entryOf) };
  }
  const [, uuid, summary] = /^\/v2\/customers\/my\/invoices\/([^/]+)(\/summary)?$/.exec(path) ?? [];
  const invoice = invoices.find((one) => one.uuid === uuid);
  if (invoice !== undefined && summary !== undefined) return { whole: summaryOf(invoice) };
  if (invoice !== undefined) return { name: 'invoice_items', rows: invoice.items };
  const insights = `/v2/billing/do:team:${DIGITALOCEAN_TEAM}/insights/`;
  const [from = '', to = ''] = path.startsWith(insights)
    ? path.slice(insights.length).split('/')
    : [];
  const span = { startMs: Date.parse(from), endMs: Math.min(Date.parse(to) + DAY_MS, nowMs) };
  if (!(span.startMs <= span.endMs)) return undefined;
  return { name: 'data_points', rows: estimatesOf(pods, span), counts: 'flat' };
}

function pageOf({ name, rows, counts }: List, query: URLSearchParams): object {
  const [size, page] = [Number(query.get('per_page') ?? 20), Number(query.get('page') ?? 1)];
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const own = { [name]: rows.slice((page - 1) * size, page * size) };
  if (counts === 'flat') {
    return { ...own, total_items: rows.length, total_pages: pages, current_page: page };
  }
  const next = `https://api.digitalocean.com/v2/${name}?page=${page + 1}&per_page=${size}`;
  return { ...own, links: page < pages ? { pages: { next } } : {}, meta: { total: rows.length } };
}

interface Invoice {
  readonly uuid: string;
  readonly id: string;
  readonly month: Period;
  readonly cents: number;
  readonly items: readonly object[];
}

/** The invoices of all months that have ended. */
function invoicesBy(pods: readonly FleetPod[], nowMs: number): Invoice[] {
  const over = monthsIn(TIMELINE).filter(({ endMs }) => endMs + HOUR_MS <= nowMs);
  return over.flatMap((month) => {
    const lines = pods.flatMap((pod) => lineOf(pod, month) ?? []);
    const cents = lines.reduce((sum, line) => sum + line.cents, 0);
    const digest = createHash('sha256').update(instantText(month.startMs)).digest('hex');
    const uuid = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
    const id = dayText(month.startMs).slice(0, 7).replace('-', '');
    return lines.length === 0
      ? []
      : [{ uuid, id, month, cents, items: lines.map(({ item }) => item) }];
  });
}

const dollars = (cents: number) => (cents / 100).toFixed(2);

function lineOf(pod: FleetPod, month: Period) {
  const hours = computeRentedHours(pod, month.startMs, month.endMs);
  if (hours === 0) return undefined;
  const cents = (pod.gpuMicroUsdPerHour * hours) / 10_000;
  const item = {
    product: 'GPU Droplets',
    resource_id: pod.id,
    resource_uuid: '',
    group_description: '',
    description: descriptionOf(pod),
    amount: dollars(cents),
    duration: String(hours),
    duration_unit: 'Hours',
    start_time: instantText(Math.max(month.startMs, pod.fromMs)),
    end_time: instantText(Math.min(month.endMs, pod.toMs ?? month.endMs)),
    project_name: 'platform',
    category: 'iaas',
  };
  return { cents, item };
}

function descriptionOf({ name, gpuId }: FleetPod): string {
  return `${name} (${gpuId})`;
}

function previewOf({ uuid, id, month, cents }: Invoice) {
  return {
    invoice_uuid: uuid,
    invoice_id: id,
    amount: dollars(cents),
    invoice_period: dayText(month.startMs).slice(0, 7),
    updated_at: instantText(month.endMs + HOUR_MS),
  };
}

function entryOf({ uuid, id, month, cents }: Invoice) {
  return {
    description: `Invoice for ${dayText(month.startMs).slice(0, 7)}`,
    amount: dollars(cents),
    invoice_id: id,
    invoice_uuid: uuid,
    date: instantText(month.endMs + HOUR_MS),
    type: 'Invoice',
  };
}

function summaryOf({ uuid, id, month, cents }: Invoice) {
  const none = { name: '', amount: '0.00' };
  return {
    invoice_uuid: uuid,
    invoice_id: id,
    billing_period: dayText(month.startMs).slice(0, 7),
    amount: dollars(cents),
    product_charges: { name: 'Product usage charges', amount: dollars(cents), items: [] },
    overages: none,
    taxes: none,
    credits_and_adjustments: none,
  };
}

/** The estimates for a month without an invoice: one line per pod and day. */
function estimatesOf(pods: readonly FleetPod[], span: Period) {
  return pods.flatMap((pod) =>
    computeRentedDays(pod, span).map(({ startMs, hours }) => ({
      start_date: dayText(startMs),
      total_amount: ((pod.gpuMicroUsdPerHour * hours) / 1e6).toFixed(2),
      usage_team_urn: `do:team:${DIGITALOCEAN_TEAM}`,
      region: 'nyc2',
      sku: '1-DO-GPU-H100X1',
      description: descriptionOf(pod),
      group_description: '',
    })),
  );
}

const GPU_INFO = { count: 1, model: 'nvidia_h100', vram: { amount: 80, unit: 'gib' } };

function sizeOf({ gpuId, gpuMicroUsdPerHour }: FleetPod) {
  return {
    slug: gpuId,
    memory: 245_760,
    vcpus: 20,
    disk: 720,
    price_hourly: gpuMicroUsdPerHour / 1e6,
    regions: ['nyc2'],
    available: true,
    gpu_info: GPU_INFO,
  };
}

function dropletOf(pod: FleetPod) {
  return {
    id: Number(pod.id),
    name: pod.name,
    status: 'active',
    created_at: instantText(pod.fromMs),
    size_slug: pod.gpuId,
    size: sizeOf(pod),
    gpu_info: GPU_INFO,
    networks: { v4: [{ ip_address: '192.0.2.31', type: 'private' }], v6: [] },
  };
}
