/** Emulates RunPod billing: one record per resource and bucket, the resolved query, and totals. */

import { HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import type { Fleet } from '../fleet.ts';
import { computeRentedHours, type MicroDollars } from '../rentals.ts';
import { bucketsOf, resolveWindow } from './runpodWindow.ts';
import { type EmulatorResponse, jsonResponse } from './emulator.ts';

interface BillingRequest {
  readonly family: BillingFamily;
  readonly query: URLSearchParams;
  readonly nowMs: number;
}

/** The amounts of one resource in one bucket, or of all resources if the family has no IDs. */
interface Line {
  readonly id: string;
  readonly bucket: Period;
  readonly amounts: BilledAmounts;
}

/** The records of one family, the resolved query and the totals; 400 for an invalid query. */
export function handleBilling(
  fleet: Fleet,
  { family, query, nowMs }: BillingRequest,
): EmulatorResponse {
  const window = resolveWindow(query, nowMs);
  if (Array.isArray(window)) return runpodBadRequest(...window);
  const { names } = family;
  const wanted = names === undefined ? null : query.get(names.id);
  const billables = family.billables(fleet).filter(({ id }) => wanted === null || id === wanted);
  const endedMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const lines = bucketsOf(window).flatMap((bucket) => {
    const own = linesOf(billables, bucket, endedMs);
    return names === undefined ? merged(own) : own;
  });
  return jsonResponse({
    records: lines.map((line) => recordOf(family, line)),
    metadata: {
      query: {
        ...timeRange(window),
        bucketSize: window.bucketSize,
        ...(names !== undefined && wanted !== null && { [names.id]: wanted }),
      },
      recordCount: lines.length,
      totals: printed(family, sumOf(lines)),
      ...(names && { [names.count]: new Set(lines.map(({ id }) => id)).size }),
    },
  });
}

function linesOf(billables: readonly Billable[], bucket: Period, endedMs: number): Line[] {
  const toMs = Math.min(bucket.endMs, endedMs);
  return billables.flatMap((billable) => {
    const hours = computeRentedHours(billable, bucket.startMs, toMs);
    const parts = Object.entries(billable.perHour).map(([part, micro]) => [part, micro * hours]);
    return hours === 0
      ? []
      : [{ id: billable.id, bucket, amounts: Object.fromEntries(parts) as BilledAmounts }];
  });
}

function merged(lines: readonly Line[]): Line[] {
  const [first] = lines;
  return first === undefined ? [] : [{ ...first, id: '', amounts: sumOf(lines) }];
}

function sumOf(lines: readonly Line[]): BilledAmounts {
  const total: Record<string, number> = {};
  for (const { amounts } of lines) {
    for (const [part, micro] of Object.entries(amounts)) total[part] = (total[part] ?? 0) + micro;
  }
  return total;
}

function recordOf(family: BillingFamily, { id, bucket, amounts }: Line) {
  return {
    ...timeRange(bucket),
    ...(family.names && { [family.names.id]: id }),
    ...printed(family, amounts),
  };
}

/** Whole micro-dollars divided by a million print exactly: 5396438 as 5.396438. */
function printed(family: BillingFamily, amounts: BilledAmounts): Record<string, number> {
  const total = family.parts.reduce((sum, part) => sum + (amounts[part] ?? 0), 0);
  const parts = family.parts.map((part) => [part, (amounts[part] ?? 0) / 1e6] as const);
  return { totalAmount: total / 1e6, ...Object.fromEntries(parts) };
}

function timeRange(range: Period) {
  return { startTime: instantText(range.startMs), endTime: instantText(range.endMs) };
}

export type BilledAmounts = Readonly<Record<string, MicroDollars>>;

/** A billed resource: its ID, its dates, and the cost of an hour by part. */
export interface Billable {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs?: number;
  readonly perHour: BilledAmounts;
}

export interface BillingFamily {
  readonly path: string;
  /** Amount parts; `totalAmount` is their sum. */
  readonly parts: readonly string[];
  /** Field names of the ID and of the count of IDs; absent if there is one record per bucket. */
  readonly names?: { readonly id: string; readonly count: string };
  readonly billables: (fleet: Fleet) => readonly Billable[];
}

export const BILLING_FAMILIES: readonly BillingFamily[] = [
  {
    path: '/v2/billing',
    parts: [
      'podGpuAmount',
      'podCpuAmount',
      'podDiskAmount',
      'serverlessGpuAmount',
      'serverlessCpuAmount',
      'serverlessDiskAmount',
      'serverlessFeeAmount',
      'storageStandardAmount',
      'storageHighPerformanceAmount',
      'endpointAmount',
      'clusterGpuAmount',
      'clusterDiskAmount',
      'clusterNetworkingAmount',
    ],
    billables: (fleet) => [
      ...pods(fleet, { gpu: 'podGpuAmount', disk: 'podDiskAmount' }),
      ...volumes(fleet, 'storageStandardAmount'),
    ],
  },
  {
    path: '/v2/billing/pods',
    parts: ['gpuAmount', 'cpuAmount', 'diskAmount'],
    names: { id: 'podId', count: 'uniquePodCount' },
    billables: (fleet) => pods(fleet, { gpu: 'gpuAmount', disk: 'diskAmount' }),
  },
  {
    path: '/v2/billing/serverless',
    parts: ['gpuAmount', 'cpuAmount', 'diskAmount', 'feeAmount'],
    names: { id: 'serverlessId', count: 'uniqueServerlessCount' },
    billables: () => [],
  },
  { path: '/v2/billing/endpoints', parts: [], billables: () => [] },
  {
    path: '/v2/billing/network-volumes',
    parts: ['standardAmount', 'highPerformanceAmount'],
    names: { id: 'networkVolumeId', count: 'uniqueNetworkVolumeCount' },
    billables: (fleet) => volumes(fleet, 'standardAmount'),
  },
  {
    path: '/v2/billing/clusters',
    parts: ['gpuAmount', 'diskAmount', 'networkingAmount'],
    names: { id: 'clusterId', count: 'uniqueClusterCount' },
    billables: () => [],
  },
];

function pods(fleet: Fleet, parts: { readonly gpu: string; readonly disk: string }): Billable[] {
  return fleet.pods.map((pod) => ({
    ...pod,
    perHour: { [parts.gpu]: pod.gpuMicroUsdPerHour, [parts.disk]: pod.diskMicroUsdPerHour },
  }));
}

function volumes(fleet: Fleet, part: string): Billable[] {
  return fleet.volumes.map((volume) => ({
    ...volume,
    perHour: { [part]: volume.microUsdPerHour },
  }));
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
};

/** An RFC 9457 problem document with the documented fields. */
export function runpodProblem(
  status: number,
  detail = 'request failed',
  errors?: string[],
): EmulatorResponse {
  const title = TITLES[status] ?? 'Error';
  const body = JSON.stringify({ title, status, detail, ...(errors && { errors }) });
  return { status, type: 'application/problem+json', body };
}

/** A 400 response that lists every invalid parameter. */
export function runpodBadRequest(...errors: string[]): EmulatorResponse {
  return runpodProblem(400, 'request could not be processed', errors);
}
