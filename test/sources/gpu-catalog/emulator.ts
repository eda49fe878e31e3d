/**
 * Public catalogs of GPU prices, from their documents: SkyPilot's catalog README (schema of
 * vms.csv) and gpuhunt's `CatalogItem`. The seed chooses what they do not specify: the order of
 * columns and rows, how a whole number and a missing one are written, and extra columns.
 */

import { crc32, deflateRawSync } from 'node:zlib';
import { seededRandom } from '../../../src/platform/random.ts';
import type { Reply } from '../../support/httpServer.ts';

/** One machine in one region. */
export interface Machine {
  readonly name: string;
  readonly gpu: string;
  readonly count: number | string;
  readonly region: string;
  /** US dollars per hour of the machine; absent is unknown. */
  readonly usd?: string;
  readonly spot?: string;
  /** Of one GPU. */
  readonly mib?: number;
  /** What `GpuInfo` has instead of the memory of one GPU. */
  readonly info?: string;
  readonly flags?: string;
}

export type CatalogRow = Readonly<Record<string, string>>;

const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A table with a header; the columns of all rows in their order. */
export function csv(rows: readonly CatalogRow[], end = '\n'): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => names.map((name) => quoted(row[name] ?? '')).join(','));
  return [names.join(','), ...lines].join('\n') + end;
}

export function skypilotCsv(machines: readonly Machine[], seed = 'calm'): string {
  const random = seededRandom(seed);
  const oneOf = <T>(...all: readonly T[]) => all[random.integer(0, all.length - 1)] as T;
  const isFloat = oneOf(true, false);
  const noSpot = oneOf('0.00', '', '0.0');
  const order = oneOf(
    (names: string[]) => names,
    (names: string[]) => names.toReversed(),
  );
  const rows = machines.map((machine) => {
    const { name, gpu, count, region, usd = '', spot = noSpot, mib } = machine;
    const { info = infoOf(machine, oneOf('one', 'all')) } = machine;
    const cells: CatalogRow = {
      InstanceType: name,
      AcceleratorName: gpu,
      AcceleratorCount: isFloat && typeof count === 'number' ? `${count}.0` : String(count),
      vCPUs: '32',
      MemoryGiB: '64.0',
      GpuInfo: mib === undefined ? (machine.info ?? '') : info,
      Price: usd,
      SpotPrice: spot,
      Region: region,
      AvailabilityZone: 'zone-1',
    };
    const names = order(Object.keys(cells));
    return Object.fromEntries(names.map((column) => [column, cells[column] ?? '']));
  });
  const sorted = oneOf(rows, rows.toReversed());
  return csv(sorted, oneOf('\n', '\r\n'));
}

function infoOf({ gpu, count, mib = 0 }: Machine, result: 'one' | 'all'): string {
  const all = mib * Number(count);
  const size = result === 'one' ? mib : all;
  return (
    `{'Gpus': [{'Name': '${gpu}', 'Manufacturer': 'NVIDIA', 'Count': ${count}, ` +
    `'MemoryInfo': {'SizeInMiB': ${size}}}], 'TotalGpuMemoryInMiB': ${all}}`
  );
}

export function gpuhuntCsv(machines: readonly Machine[]): string {
  return csv(
    machines.flatMap(({ name, gpu, count, region, usd, spot, mib = 0, flags = '' }) => {
      const row = (price: string, isSpot: boolean): CatalogRow => ({
        instance_name: name,
        location: region,
        price,
        cpu: '26',
        memory: '225.0',
        gpu_count: String(count),
        gpu_name: gpu,
        gpu_memory: gpu === '' ? '' : (mib / 1024).toFixed(1),
        spot: isSpot ? 'True' : 'False',
        disk_size: '',
        gpu_vendor: gpu === '' ? '' : 'nvidia',
        flags,
        cpu_arch: 'x86',
        provider_data: '{}',
      });
      return [
        ...(usd === undefined ? [] : [row(usd, false)]),
        ...(spot === undefined ? [] : [row(spot, true)]),
      ];
    }),
  );
}

export interface ZipOptions {
  readonly isStored?: boolean;
  readonly comment?: string;
}

/** An archive with one file, in the format of APPNOTE.TXT 4.3. */
export function zipOf(
  name: string,
  text: string,
  { isStored, comment = '' }: ZipOptions = {},
): Buffer {
  const plain = Buffer.from(text);
  const packed = isStored === true ? plain : deflateRawSync(plain);
  const method = isStored === true ? 0 : 8;
  const sums = (at: Buffer, from: number) => {
    at.writeUInt16LE(method, from);
    at.writeUInt32LE(crc32(plain), from + 6);
    at.writeUInt32LE(packed.length, from + 10);
    at.writeUInt32LE(plain.length, from + 14);
    at.writeUInt16LE(name.length, from + 18);
  };
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  sums(local, 8);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  sums(entry, 10);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  end.writeUInt16LE(comment.length, 20);
  const parts = [local, Buffer.from(name), packed, entry, Buffer.from(name), end, comment];
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** A store of files by path; missing ones are answered as `missing` says. */
export function filesReply(files: Readonly<Record<string, string | Buffer>>, missing = 404): Reply {
  return (response, { path }) => {
    const file = files[path];
    const type = typeof file === 'string' ? 'text/plain; charset=utf-8' : 'application/zip';
    response.writeHead(file === undefined ? missing : 200, { 'content-type': type });
    response.end(file ?? '404: Not Found');
  };
}

export const H100 = { gpu: 'H100', mib: 81_559 };

/** Vast.ai's machines, in SkyPilot's format. */
export const VAST: readonly Machine[] = [
  { ...H100, name: '1x-H100_SXM-32-65536', count: 1, usd: '1.80', region: 'Texas, US, NA' },
  { ...H100, name: '2x-H100_SXM-32-65536', count: 2, usd: '3.60', region: 'Texas, US, NA' },
  { ...H100, name: '8x-H100_SXM-32-65536', count: 8, usd: '17.07', region: 'Vietnam, VN, AS' },
  {
    gpu: 'RTX4090',
    mib: 24_564,
    name: '1x-RTX_4090-32-65536',
    count: 1,
    usd: '0.40',
    region: 'DE',
  },
];

const A100_PCIE = "{'Gpus': [{'Name': 'A100 PCIe', 'Count': 1, 'MemoryInfo': {'SizeInMiB': 80}}]}";

/** RunPod's machines, whose form is only in `GpuInfo`. */
export const RUNPOD: readonly Machine[] = ['COMMUNITY', 'SECURE'].flatMap((cloud, at) => [
  {
    name: `1x_A100-80GB_${cloud}`,
    gpu: 'A100-80GB',
    count: 1,
    region: 'US',
    usd: ['1.19', '1.64'][at] ?? '',
    spot: '0.89',
    info: A100_PCIE,
  },
  {
    name: `1x_L40S_${cloud}`,
    gpu: 'L40S',
    count: 1,
    region: 'US',
    usd: ['0.79', '0.86'][at] ?? '',
    info: '',
  },
]);
