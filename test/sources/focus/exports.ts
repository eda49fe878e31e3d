/** Exports as the clouds lay them out, from bills that a test plants. */

import type { Objects } from './emulator.ts';

/** One row: its resource, its cost, and its period. */
export interface PlantedRow {
  readonly resource: string;
  readonly usd: string;
  readonly hour: string;
  readonly more?: Readonly<Record<string, string>>;
}

const COLUMNS = [
  'BilledCost',
  'BillingCurrency',
  'ChargeCategory',
  'ChargeClass',
  'ChargePeriodStart',
  'ChargePeriodEnd',
  'EffectiveCost',
  'ResourceId',
  'ServiceCategory',
  'ServiceName',
];

function cellsOf({ resource, usd, hour, more = {} }: PlantedRow): Record<string, string> {
  const startMs = Date.parse(`${hour}:00:00Z`);
  return {
    BilledCost: usd,
    BillingCurrency: 'USD',
    ChargeCategory: 'Usage',
    ChargePeriodStart: new Date(startMs).toISOString(),
    ChargePeriodEnd: new Date(startMs + 3_600_000).toISOString(),
    ResourceId: resource,
    ServiceCategory: 'Compute',
    ServiceName: 'Virtual Machines',
    ...more,
  };
}

/** A bill as CSV. */
export function billCsv(...rows: readonly PlantedRow[]): Buffer {
  const quoted = (text = '') => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => {
    const cells = cellsOf(row);
    return COLUMNS.map((column) => quoted(cells[column])).join(',');
  });
  return Buffer.from([COLUMNS.join(','), ...lines, ''].join('\n'));
}

export interface AwsRun {
  readonly month: string;
  readonly files: Readonly<Record<string, Buffer>>;
  readonly atMs: number;
  /** A separate folder for each execution, where the export keeps them all. */
  readonly execution?: string;
}

export const AWS_ROOT = 'exports/gpu bills/main';

/** Puts a run of AWS Data Exports into a bucket: its files, then its manifest. */
export function putAws(objects: Objects, run: AwsRun): void {
  const { month, files, atMs, execution } = run;
  const own = execution === undefined ? '' : `${execution}/`;
  const folder = `${AWS_ROOT}/data/BILLING_PERIOD=${month}/${own}`;
  for (const [name, body] of Object.entries(files)) {
    objects.set(`${folder}${name}`, { body, modifiedMs: atMs });
  }
  const manifest = {
    executionId: execution ?? 'one',
    exportArn: 'arn:aws:bcm-data-exports:us-east-1:1:export/main',
    dataFiles: Object.keys(files).map((name) => `s3://bills/${folder}${name}`),
    columns: [{ name: 'BilledCost', type: 'DECIMAL' }],
  };
  objects.set(`${AWS_ROOT}/metadata/BILLING_PERIOD=${month}/${own}main-Manifest.json`, {
    body: Buffer.from(JSON.stringify(manifest)),
    modifiedMs: atMs + 1000,
  });
}

export interface AzureRun {
  /** `20260701-20260731`. */
  readonly period: string;
  readonly run: string;
  readonly files: Readonly<Record<string, Buffer>>;
  readonly submitted: string;
  readonly modifiedMs: number;
}

/** Puts a run of an Azure Cost Management export into a container. */
export function putAzure(objects: Objects, azure: AzureRun): void {
  const { period, run, files, submitted, modifiedMs } = azure;
  const folder = `costs/focus/gpu/${period}/${run}`;
  for (const [name, body] of Object.entries(files)) {
    objects.set(`${folder}/${name}`, { body, modifiedMs, etag: `0x${run}${name.length}` });
  }
  const manifest = {
    manifestVersion: '2024-04-01',
    blobCount: Object.keys(files).length,
    exportConfig: { exportName: 'gpu', type: 'FocusCost', dataVersion: '1.0' },
    runInfo: { executionType: 'Scheduled', submittedTime: submitted, runId: run },
    blobs: Object.entries(files).map(([name, body]) => ({
      blobName: `${folder}/${name}`,
      byteCount: body.length,
    })),
  };
  const body = Buffer.from(`\uFEFF${JSON.stringify(manifest)}`);
  objects.set(`${folder}/manifest.json`, { body, modifiedMs, etag: `0xM${run}` });
}
