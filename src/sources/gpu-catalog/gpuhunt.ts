/**
 * Reads rows of gpuhunt's catalogs, version 3: one machine type in one region, on demand or spot.
 */

import { parseGpu } from '../../domain/gpu.ts';
import { FORM_FACTOR, type ReadMachine } from './normalize.ts';
import type { TableShape } from './table.ts';

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
