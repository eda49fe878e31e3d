/** The five products on RunPod's bill: their endpoints and their parts. */

import type { z } from 'zod';
import type { ChargeCategory, PricingClass } from '../../domain/charge.ts';
import {
  type BillingRecord,
  clusterRecord,
  podRecord,
  publicRecord,
  serverlessRecord,
  volumeRecord,
} from './wire.ts';

export interface RunpodPart {
  readonly name: string;
  readonly field: Exclude<keyof BillingRecord, 'id' | 'startTime' | 'endTime'>;
  readonly category: ChargeCategory;
}

export interface RunpodFamily {
  /** Last segment of `/v2/billing/…`, and prefix of each charge key. */
  readonly name: 'pods' | 'serverless' | 'network-volumes' | 'clusters' | 'endpoints';
  readonly record: z.ZodType<BillingRecord>;
  readonly parts: readonly RunpodPart[];
  readonly pricingClass: PricingClass;
  /** Prefix of its parts in the bill of the whole account. */
  readonly account: string;
  /** Set if only the inventory has the pricing class, which is presumed for unlisted resources. */
  readonly isClassListed?: true;
}

const GPU: RunpodPart = { name: 'gpu', field: 'gpuAmount', category: 'compute' };
const CPU: RunpodPart = { name: 'cpu', field: 'cpuAmount', category: 'compute' };
const DISK: RunpodPart = { name: 'disk', field: 'diskAmount', category: 'storage' };

/** `endpoints` are RunPod's public endpoints, a hosted API billed by token. */
export const RUNPOD_FAMILIES: readonly RunpodFamily[] = [
  {
    name: 'pods',
    record: podRecord,
    parts: [GPU, CPU, DISK],
    pricingClass: 'on-demand',
    account: 'pod',
    isClassListed: true,
  },
  {
    name: 'serverless',
    record: serverlessRecord,
    parts: [GPU, CPU, DISK, { name: 'fee', field: 'feeAmount', category: 'fee' }],
    pricingClass: 'serverless',
    account: 'serverless',
  },
  {
    name: 'network-volumes',
    record: volumeRecord,
    parts: [
      { name: 'standard', field: 'standardAmount', category: 'storage' },
      { name: 'high-performance', field: 'highPerformanceAmount', category: 'storage' },
    ],
    pricingClass: 'on-demand',
    account: 'storage',
  },
  {
    name: 'clusters',
    record: clusterRecord,
    parts: [GPU, DISK, { name: 'networking', field: 'networkingAmount', category: 'network' }],
    pricingClass: 'on-demand',
    account: 'cluster',
  },
  {
    name: 'endpoints',
    record: publicRecord,
    parts: [{ name: 'total', field: 'totalAmount', category: 'hosted' }],
    pricingClass: 'serverless',
    account: 'endpoint',
  },
];
