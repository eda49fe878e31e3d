/** Makes the hourly billing export of Nebius: FOCUS as gzipped CSV, one file per month. */

import { gzipSync } from 'node:zlib';
import { HOUR_MS, instantText, type Period } from '../../domain/period.ts';
import { monthsIn } from '../calendar.ts';
import { type Fleet, findFleetPods } from '../fleet.ts';
import { type FleetPod, computeRentedHours } from '../rentals.ts';

export interface NebiusExportFile {
  /** `2026-07/usage.csv.gz` */
  readonly name: string;
  readonly body: Uint8Array;
}

/** The files in the export bucket: every whole month that overlaps the window. */
export function renderNebiusExport(fleet: Fleet, window: Period): NebiusExportFile[] {
  return monthsIn(window).map((month) => {
    const rows = findFleetPods('nebius', fleet).flatMap((pod) => rowsOf(pod, month));
    const text = [COLUMNS, ...rows].map((cells) => cells.map(quoted).join(',')).join('\n');
    const name = `${instantText(month.startMs).slice(0, 7)}/usage.csv.gz`;
    return { name, body: gzipSync(`${text}\n`) };
  });
}

const COLUMNS = [
  'BilledCost',
  'BillingCurrency',
  'ChargeCategory',
  'ChargePeriodStart',
  'ChargePeriodEnd',
  'ConsumedQuantity',
  'ConsumedUnit',
  'EffectiveCost',
  'ResourceId',
  'ResourceName',
  'ServiceCategory',
  'ServiceName',
  'SkuId',
  'SkuPriceDetails',
];

function rowsOf(pod: FleetPod, month: Period): string[][] {
  const rows: string[][] = [];
  for (let atMs = month.startMs; atMs < month.endMs; atMs += HOUR_MS) {
    if (computeRentedHours(pod, atMs, atMs + HOUR_MS) === 0) continue;
    rows.push(
      rowOf(pod, atMs, {
        microUsd: pod.gpuMicroUsdPerHour,
        used: [String(pod.gpuCount), 'GPU-Hours'],
        service: ['Compute', 'Compute', pod.gpuId],
        details: JSON.stringify({ GpuCount: pod.gpuCount }),
      }),
      rowOf(pod, atMs, {
        microUsd: pod.diskMicroUsdPerHour,
        used: ['120', 'GiB-Hours'],
        service: ['Storage', 'Compute disks', 'network-ssd'],
        details: '',
      }),
    );
  }
  return rows;
}

interface Item {
  readonly microUsd: number;
  readonly used: readonly [quantity: string, unit: string];
  readonly service: readonly [category: string, name: string, sku: string];
  readonly details: string;
}

/** In the order of {@link COLUMNS}. */
function rowOf({ id, name }: FleetPod, atMs: number, item: Item): string[] {
  const dollars = (item.microUsd / 1e6).toFixed(6);
  const hour = [instantText(atMs), instantText(atMs + HOUR_MS)];
  const what = [id, name, ...item.service, item.details];
  return [dollars, 'USD', 'Usage', ...hour, ...item.used, dollars, ...what];
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
