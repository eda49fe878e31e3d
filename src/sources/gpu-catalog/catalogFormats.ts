/** Reads rows of SkyPilot's `vms.csv`, version 8: one machine type in one region each. */

import type { PricingClass } from '../../domain/charge.ts';
import { type GpuKind, parseGpu } from '../../domain/gpu.ts';
import { FORM_FACTOR, type ReadMachine } from './normalize.ts';
import type { PriceTableRow, TableShape } from './table.ts';

/** The order of the columns differs by cloud. */
export const SKYPILOT: TableShape = {
  columns: [
    'InstanceType',
    'AcceleratorName',
    'AcceleratorCount',
    'GpuInfo',
    'Region',
    'Price',
    'SpotPrice',
  ],
  needed: ['AcceleratorName', 'AcceleratorCount', 'Price'],
  deciding: ['InstanceType', 'AcceleratorName', 'AcceleratorCount', 'Price', 'SpotPrice'],
};

/** `Price` and `SpotPrice` are per machine. A spot price of 0.00 means unknown. */
export const readSkypilot: ReadMachine = (row) => {
  const { InstanceType: name = '', AcceleratorName: gpuName, Price: usd, SpotPrice: spot } = row;
  const { AcceleratorCount: gpus = '', Region: region = '' } = row;
  if (gpuName === undefined && name === '') return 'missing InstanceType and AcceleratorName';
  if (gpuName === undefined || /^0*(?:\.0*)?$/.test(gpus)) return undefined;
  const pricingClass: PricingClass = /[-_]COMMUNITY$/i.test(name) ? 'community' : 'on-demand';
  return {
    name,
    gpuName,
    gpu: gpuOf(row, gpuName),
    gpus,
    region,
    prices: [
      ...(usd === undefined ? [] : [{ pricingClass, usd }]),
      ...(spot === undefined ? [] : [{ pricingClass: 'spot' as const, usd: spot }]),
    ],
  };
};

/** Vast.ai machines are named `8x-RTX_3060_Ti-32-65536`; `AcceleratorName` drops the `Ti`. */
const VAST_NAME = /^(?:vastv\d+-)?\d+x-(.+?)(?:-(\d{4,6}))?-\d+-\d+$/;

/** Memory in GB of GPUs that this catalog names without a size. */
const DEFAULT_GB: Readonly<Record<string, number>> = { A100: 40, V100: 16 };

function gpuOf(row: PriceTableRow, accelerator: string): GpuKind | undefined {
  const { InstanceType: machine = '', GpuInfo: info = '' } = row;
  const [, vastName, vastMib] = VAST_NAME.exec(machine) ?? [];
  const name = vastName ?? accelerator;
  const form =
    FORM_FACTOR.exec(name) === null
      ? (FORM_FACTOR.exec(machine) ?? FORM_FACTOR.exec(info))?.[0]
      : '';
  const size = vastMib === undefined ? '' : ` ${Math.round(Number(vastMib) / 1024)}GB`;
  const parsed = parseGpu(`${name} ${form ?? ''}${size}`);
  if (parsed === undefined) return undefined;
  const memoryGb = parsed.memoryGb ?? DEFAULT_GB[parsed.model];
  if (memoryGb === undefined || !agrees(info, memoryGb)) return undefined;
  return { ...parsed, memoryGb };
}

/** GPUs report slightly less memory than advertised: 46,068 MiB of 48 GB. */
const TOLERANCE = 0.07;

/**
 * Whether `GpuInfo` agrees with the memory size. It has the memory of one GPU or of all, in MiB or
 * GB, so it disagrees only if no reading fits. An A100 with 81,920 MiB is not an A100 40 GB.
 */
function agrees(info: string, memoryGb: number): boolean {
  const size = Number(/'SizeInMiB': ?([\d.]+)/.exec(info)?.[1]);
  const total = Number(/'TotalGpuMemoryInMiB': ?([\d.]+)/.exec(info)?.[1]);
  const count = Number(/'Count': ?([\d.]+)/.exec(info)?.[1] ?? 1);
  const readings = [size, size / count, total, total / count].filter((mib) => mib > 0);
  if (readings.length === 0) return true;
  return readings.some((mib) => {
    const gb = mib < 1024 ? mib : mib / 1024;
    return Math.abs(gb - memoryGb) <= memoryGb * TOLERANCE;
  });
}

export const GPUHUNT: TableShape = {
  columns: [
    'instance_name',
    'location',
    'price',
    'gpu_count',
    'gpu_name',
    'gpu_memory',
    'spot',
    'flags',
  ],
  needed: ['gpu_name', 'gpu_count', 'price', 'spot'],
  deciding: ['instance_name', 'price', 'gpu_count', 'gpu_name', 'gpu_memory', 'flags'],
};

/** Reserved capacity and cluster offers, whose prices are not a machine's hourly price. */
const OTHER_SALES = /dws|reserv|cluster|capacity-block/i;
/** Machines at the customer's site. */
const AT_CUSTOMER = /edgegpu/i;

/** `price` is per machine; `gpu_memory` is in GB per GPU. */
export const readGpuhunt: ReadMachine = (row) => {
  const { instance_name: name = '', gpu_name: gpuName, gpu_count: gpus = '', price: usd } = row;
  if (gpuName === undefined && name === '') return 'missing instance_name and gpu_name';
  if (gpuName === undefined || /^0*(?:\.0*)?$/.test(gpus)) return undefined;
  if (OTHER_SALES.test(row['flags'] ?? '') || AT_CUSTOMER.test(name)) return undefined;
  const spot = (row['spot'] ?? '').toLowerCase();
  if (spot !== 'true' && spot !== 'false') return `spot is "${spot}", expected True or False`;
  const pricingClass = spot === 'true' ? 'spot' : 'on-demand';
  const memory = Number(row['gpu_memory'] ?? Number.NaN);
  const form = FORM_FACTOR.exec(name)?.[0] ?? '';
  const hasForm = /(?:sxm\d?|pcie|nvl)$/i.test(gpuName);
  return {
    name,
    gpuName: Number.isFinite(memory) ? `${gpuName} ${memory} GB` : gpuName,
    gpu: Number.isFinite(memory)
      ? parseGpu(`${gpuName} ${hasForm ? '' : form} ${Math.round(memory)}GB`)
      : undefined,
    gpus,
    region: row['location'] ?? '',
    prices: usd === undefined ? [] : [{ pricingClass, usd }],
  };
};
