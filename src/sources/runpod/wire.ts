/** RunPod's REST v2 responses, of which only these fields are stored, and its products. */

import { z } from 'zod';
import type { ChargeCategory, PricingClass } from '../../domain/charge.ts';
import { type Exact, isZero, parseExact } from '../../domain/exact.ts';
import { instantMsSchema, numberText, wholeNumber } from '../../platform/responseSchemas.ts';
import { findReadFields, recordList, withMatchingMembers } from '../../platform/schemaFields.ts';
import { providerId } from '../fieldTypes.ts';

const label = z.string().max(1000);
/** GPU types and pools are stored as they are, so they have visible characters only. */
const code = z.string().regex(/^\P{C}{1,200}$/u, {
  error: 'expected a name of 1 to 200 visible characters',
});
/** US dollars of one bucket. A billion or more is an error of units. */
const money = numberText.refine((text) => Math.abs(Number(text)) < 1e9, {
  error: 'expected an amount below a billion dollars',
});
const part = money.nullish();
/** US dollars per hour of one pod, GPU or worker. */
const rate = numberText.refine((text) => Number(text) >= 0 && Number(text) < 1e6, {
  error: 'expected a rate from 0 to a million dollars per hour',
});
/** The price if it is above zero, and `undefined` otherwise. */
export function parsePositiveRate(text: string | null | undefined): Exact | undefined {
  const value = text === null || text === undefined ? undefined : parseExact(text);
  return value === undefined || isZero(value) || value.num < 0n ? undefined : value;
}

const bucket = { startTime: instantMsSchema, endTime: instantMsSchema, totalAmount: money };

/** One resource in one bucket of any product; the family defines its parts. */
export interface BillingRecord {
  readonly id: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly totalAmount: string;
  readonly gpuAmount?: string | null | undefined;
  readonly cpuAmount?: string | null | undefined;
  readonly diskAmount?: string | null | undefined;
  readonly feeAmount?: string | null | undefined;
  readonly standardAmount?: string | null | undefined;
  readonly highPerformanceAmount?: string | null | undefined;
  readonly networkingAmount?: string | null | undefined;
}

/** Unknown parts are kept by name for a warning. */
const AMOUNTS = /Amount$/;

const podRecord: z.ZodType<BillingRecord> = withMatchingMembers(
  z.object({ ...bucket, podId: providerId, gpuAmount: part, cpuAmount: part, diskAmount: part }),
  AMOUNTS,
).transform(({ podId, ...rest }) => ({ id: podId, ...rest }));

const serverlessRecord: z.ZodType<BillingRecord> = withMatchingMembers(
  z.object({
    ...bucket,
    serverlessId: providerId,
    gpuAmount: part,
    cpuAmount: part,
    diskAmount: part,
    feeAmount: part,
  }),
  AMOUNTS,
).transform(({ serverlessId, ...rest }) => ({ id: serverlessId, ...rest }));

const volumeRecord: z.ZodType<BillingRecord> = withMatchingMembers(
  z.object({
    ...bucket,
    networkVolumeId: providerId,
    standardAmount: part,
    highPerformanceAmount: part,
  }),
  AMOUNTS,
).transform(({ networkVolumeId, ...rest }) => ({ id: networkVolumeId, ...rest }));

const clusterRecord: z.ZodType<BillingRecord> = withMatchingMembers(
  z.object({
    ...bucket,
    clusterId: providerId,
    gpuAmount: part,
    diskAmount: part,
    networkingAmount: part,
  }),
  AMOUNTS,
).transform(({ clusterId, ...rest }) => ({ id: clusterId, ...rest }));

/** The bill of public endpoints names none of them, so they are one resource. */
const publicRecord: z.ZodType<BillingRecord> = withMatchingMembers(
  z.object(bucket),
  AMOUNTS,
).transform((record) => ({ id: 'public-endpoints', ...record }));

/**
 * One bucket of the whole account, by product and part: `podGpuAmount`, `endpointAmount`. Every
 * amount is kept, so that new products are detected.
 */
export const accountRecord = withMatchingMembers(z.looseObject(bucket), AMOUNTS, part).transform(
  (record, context) => {
    const { startTime, endTime, totalAmount, ...others } = record;
    const amounts = new Map<string, string>();
    for (const [field, value] of Object.entries(others)) {
      if (!AMOUNTS.test(field)) continue;
      const { data, error } = part.safeParse(value);
      for (const { message } of error?.issues ?? []) {
        context.addIssue({ code: 'custom', path: [field], message });
      }
      if (data !== null && data !== undefined) amounts.set(field, data);
    }
    return { startTime, endTime, totalAmount, amounts };
  },
);
export type AccountRecord = z.output<typeof accountRecord>;

/** Next page of a list; absent or null if the list is complete. */
export const pagination = z.object({
  pagination: z
    .object({ hasNextPage: z.boolean().nullish(), nextCursor: z.string().nullish() })
    .nullish(),
});

/** Fields to store of a response that may have further pages. */
export function pagedFields(answer: z.ZodObject) {
  return findReadFields(answer.extend(pagination.shape));
}

/** Frame of every billing response. */
export const billingAnswer = z.object({
  records: z.array(z.unknown()),
  metadata: z.object({
    query: z.object({ startTime: instantMsSchema, endTime: instantMsSchema }),
    recordCount: wholeNumber,
    /** Only for reconciliation; an unreadable total does not reject records. */
    totals: z.object({ totalAmount: money }).nullish().catch(null),
  }),
});

export type BillMetadata = z.output<typeof billingAnswer>['metadata'];

/** Fields to store of a billing response. */
export function billingFields(record: z.ZodType) {
  return pagedFields(billingAnswer.extend({ records: recordList(record) }));
}

const count = wholeNumber.refine((value) => value > 0, { error: 'expected at least one' });

export const pod = z.object({
  id: providerId,
  name: label.nullish(),
  status: label.nullish(),
  cloud: z
    .enum(['SECURE', 'COMMUNITY'], { error: 'expected the cloud SECURE or COMMUNITY' })
    .nullish(),
  cost: rate.nullish(),
  gpu: z.object({ id: code, count }).nullish(),
  /** Set if the pod is a cluster node. */
  cluster: z.object({ id: providerId }).nullish(),
  startedAt: instantMsSchema.nullish(),
});
export type Pod = z.output<typeof pod>;

/** Fields to store of one pod requested by id. */
export const POD_FIELDS = findReadFields(pod);

export const runpodEndpoint = z.object({
  id: providerId,
  name: label.nullish(),
  gpu: z
    .object({
      pools: z.array(code).nullish(),
      excludedTypes: z.array(code).nullish(),
      /** Defaults to 1, by the documentation. */
      count: count.optional(),
    })
    .nullish(),
});
export type RunpodEndpoint = z.output<typeof runpodEndpoint>;

/** One active worker of an endpoint. GPU and start may be missing at first. */
export const worker = z.object({
  id: providerId,
  status: label.nullish(),
  gpuTypeId: code.nullish(),
  gpuCount: wholeNumber.refine((value) => value >= 0, { error: 'expected a count' }),
  startedAt: instantMsSchema.nullish(),
  uptimeSeconds: wholeNumber.nullish(),
});
export type Worker = z.output<typeof worker>;

export const runpodCluster = z.object({
  id: providerId,
  name: label.nullish(),
  compute: z.object({ gpuTypeId: code, gpuCountPerPod: count, podCount: count }).nullish(),
});
export type RunpodCluster = z.output<typeof runpodCluster>;

export const runpodVolume = z.object({ id: providerId, name: label.nullish() });

export const gpu = z.object({
  id: code,
  pool: code.nullish(),
  secure: z.boolean().nullish(),
  community: z.boolean().nullish(),
  price: z.object({
    secure: rate.nullish(),
    community: rate.nullish(),
    serverless: rate.nullish(),
  }),
});
export type Gpu = z.output<typeof gpu>;

export const podsAnswer = z.object({ pods: recordList(pod) });
export const serverlessAnswer = z.object({ endpoints: recordList(runpodEndpoint) });
export const workersAnswer = z.object({ workers: recordList(worker) });
export const runpodVolumesAnswer = z.object({ networkVolumes: recordList(runpodVolume) });
export const gpusAnswer = z.object({ gpus: recordList(gpu) });
export const runpodClustersAnswer = z.object({ clusters: recordList(runpodCluster) });

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
