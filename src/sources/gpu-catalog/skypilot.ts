/** The rows of SkyPilot's `vms.csv`, version 8: one machine in one region each. */

import type { PricingClass } from '../../domain/charge.ts';
import { type GpuKind, gpuKey } from '../../domain/gpu.ts';
import { FORM, type ReadMachine } from './normalize.ts';
import type { TableRow, TableShape } from './table.ts';

/** The columns stand in another order in each cloud's table. */
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

/** `Price` and `SpotPrice` are of the machine; a spot price of 0.00 is one that is not told. */
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

/** Vast.ai's machines are called `8x-RTX_3060_Ti-32-65536`; `AcceleratorName` drops the `Ti`. */
const VAST_NAME = /^(?:vastv\d+-)?\d+x-(.+?)(?:-(\d{4,6}))?-\d+-\d+$/;

/** What a name without a size has in this catalog. */
const UNTOLD_GB: Readonly<Record<string, number>> = { A100: 40, V100: 16 };

function gpuOf(row: TableRow, accelerator: string): GpuKind | undefined {
  const { InstanceType: machine = '', GpuInfo: info = '' } = row;
  const [, own, ownMib] = VAST_NAME.exec(machine) ?? [];
  const name = own ?? accelerator;
  const form = FORM.exec(name) === null ? (FORM.exec(machine) ?? FORM.exec(info))?.[0] : '';
  const size = ownMib === undefined ? '' : ` ${Math.round(Number(ownMib) / 1024)}GB`;
  const told = gpuKey(`${name} ${form ?? ''}${size}`);
  if (told === undefined) return undefined;
  const memoryGb = told.memoryGb ?? UNTOLD_GB[told.model];
  if (memoryGb === undefined || !agrees(info, memoryGb)) return undefined;
  return { ...told, memoryGb };
}

/** Cards report a little less than they are sold with: 46,068 MiB of 48 GB. */
const TOLERANCE = 0.07;

/**
 * `GpuInfo` tells the memory of one GPU or of all, in MiB or in GB: it is only believed where no
 * reading of it fits. An A100 of 81,920 MiB is no A100 of 40 GB.
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
