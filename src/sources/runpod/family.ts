/** Knows the three families of RunPod's bill: where each is asked for and which parts it has. */

import type { z } from 'zod';
import type { ChargeCategory, PricingClass } from '../../domain/charge.ts';
import { type BillingRecord, podRecord, serverlessRecord, volumeRecord } from './wire.ts';

export interface Part {
  readonly name: string;
  readonly field: Exclude<keyof BillingRecord, 'id' | 'startTime' | 'endTime'>;
  readonly category: ChargeCategory;
}

export interface Family {
  /** Last segment of `/v2/billing/…`, and the beginning of each charge's key. */
  readonly name: 'pods' | 'serverless' | 'network-volumes';
  readonly record: z.ZodType<BillingRecord>;
  readonly parts: readonly Part[];
  readonly pricingClass: PricingClass;
  /** Set where the inventory alone tells the class, and it is presumed for what is not listed. */
  readonly isClassListed?: true;
}

const GPU: Part = { name: 'gpu', field: 'gpuAmount', category: 'compute' };
const CPU: Part = { name: 'cpu', field: 'cpuAmount', category: 'compute' };
const DISK: Part = { name: 'disk', field: 'diskAmount', category: 'storage' };

/**
 * `/v2/billing/endpoints` is another product (hosted public endpoints) despite its name, and the
 * bills of clusters are not asked for.
 */
export const FAMILIES: readonly Family[] = [
  {
    name: 'pods',
    record: podRecord,
    parts: [GPU, CPU, DISK],
    pricingClass: 'on-demand',
    isClassListed: true,
  },
  {
    name: 'serverless',
    record: serverlessRecord,
    parts: [GPU, CPU, DISK, { name: 'fee', field: 'feeAmount', category: 'fee' }],
    pricingClass: 'serverless',
  },
  {
    name: 'network-volumes',
    record: volumeRecord,
    parts: [
      { name: 'standard', field: 'standardAmount', category: 'storage' },
      { name: 'high-performance', field: 'highPerformanceAmount', category: 'storage' },
    ],
    pricingClass: 'on-demand',
  },
];
