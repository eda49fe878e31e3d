/** Knows the fields of RunPod's REST v2 answers that we use; all others are ignored. */

import { z } from 'zod';
import { instant, nameOf, numberText, plainNumber, wholeNumber } from '../../platform/wire.ts';

/** An id goes into keys and reports: printable, and of sane length. */
const id = z
  .string({ error: (issue) => `${nameOf(issue.input)} where an id was expected` })
  .regex(/^[^\p{C}\p{Z}]{1,200}$/u, { error: 'an id of 1 to 200 visible characters was expected' });

const label = z.string().max(1000);
/** Dollars of one bucket; a billion of them is a fault of units, not a bill. */
const money = numberText.refine((text) => Math.abs(Number(text)) < 1e9, {
  error: 'an amount below a billion dollars was expected',
});
const part = money.nullish();
/** Dollars an hour of one pod, GPU or worker. */
const rate = numberText.refine((text) => Math.abs(Number(text)) < 1e6, {
  error: 'a rate below a million dollars an hour was expected',
});
const bucket = { startTime: instant, endTime: instant, totalAmount: money };

/** One resource in one bucket, whatever the family; the family says which parts it has. */
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
}

export const podRecord: z.ZodType<BillingRecord> = z
  .object({ ...bucket, podId: id, gpuAmount: part, cpuAmount: part, diskAmount: part })
  .transform(({ podId, ...rest }) => ({ id: podId, ...rest }));

export const serverlessRecord: z.ZodType<BillingRecord> = z
  .object({
    ...bucket,
    serverlessId: id,
    gpuAmount: part,
    cpuAmount: part,
    diskAmount: part,
    feeAmount: part,
  })
  .transform(({ serverlessId, ...rest }) => ({ id: serverlessId, ...rest }));

export const volumeRecord: z.ZodType<BillingRecord> = z
  .object({ ...bucket, networkVolumeId: id, standardAmount: part, highPerformanceAmount: part })
  .transform(({ networkVolumeId, ...rest }) => ({ id: networkVolumeId, ...rest }));

/**
 * The frame of every billing answer; records are read one by one, so that one bad one costs one.
 */
export const billingAnswer = z.object({
  records: z.array(z.unknown()),
  metadata: z.object({
    query: z.object({ startTime: instant, endTime: instant, bucketSize: z.string().nullish() }),
    recordCount: wholeNumber,
    /** Only to reconcile with: one that cannot be read costs no record. */
    totals: z.object({ totalAmount: money }).nullish().catch(null),
  }),
});

export const podsAnswer = z.object({ pods: z.array(z.unknown()) });
export const serverlessAnswer = z.object({ endpoints: z.array(z.unknown()) });
export const volumesAnswer = z.object({ networkVolumes: z.array(z.unknown()) });
export const gpusAnswer = z.object({ gpus: z.array(z.unknown()) });

const count = wholeNumber.refine((value) => value > 0, { error: 'at least one was expected' });

export const pod = z.object({
  id,
  name: label.nullish(),
  status: label.nullish(),
  cloud: label.nullish(),
  cost: rate.nullish(),
  gpu: z.object({ id: label, count: count.nullish() }).nullish(),
});
export type Pod = z.output<typeof pod>;

export const endpoint = z.object({
  id,
  name: label.nullish(),
  gpu: z
    .object({
      pools: z.array(label).nullish(),
      excludedTypes: z.array(label).nullish(),
      count: count.nullish(),
    })
    .nullish(),
});
export type Endpoint = z.output<typeof endpoint>;

export const volume = z.object({
  id,
  name: label.nullish(),
  type: label.nullish(),
  size: plainNumber.nullish(),
});

export const gpu = z.object({
  id: label.min(1),
  pool: label.nullish(),
  secure: z.boolean().nullish(),
  community: z.boolean().nullish(),
  price: z.object({
    secure: rate.nullish(),
    community: rate.nullish(),
    serverless: rate.nullish(),
  }),
});
export type Gpu = z.output<typeof gpu>;
