/** The fields of RunPod's REST v2 answers that are read; no others are kept. */

import { z } from 'zod';
import { fieldsOf, listOf, withNamed } from '../../platform/readFields.ts';
import { instant, nameOf, numberText, wholeNumber } from '../../platform/wire.ts';

/** An id goes into keys and reports: printable, and of sane length. */
const id = z
  .string({ error: (issue) => `${nameOf(issue.input)} where an id was expected` })
  .regex(/^[^\p{C}\p{Z}]{1,200}$/u, { error: 'an id of 1 to 200 visible characters was expected' });

const label = z.string().max(1000);
/** A type or a pool goes into facts as it is: no signs that nobody sees. */
const code = z.string().regex(/^\P{C}{1,200}$/u, {
  error: 'a name of 1 to 200 visible characters was expected',
});
/** Dollars of one bucket; a billion of them is a fault of units, not a bill. */
const money = numberText.refine((text) => Math.abs(Number(text)) < 1e9, {
  error: 'an amount below a billion dollars was expected',
});
const part = money.nullish();
/** Dollars an hour of one pod, GPU or worker. */
const rate = numberText.refine((text) => Number(text) >= 0 && Number(text) < 1e6, {
  error: 'a rate from 0 to a million dollars an hour was expected',
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

/** Parts that this version does not know are named in a warning. */
const AMOUNTS = /Amount$/;

export const podRecord: z.ZodType<BillingRecord> = withNamed(
  z.object({ ...bucket, podId: id, gpuAmount: part, cpuAmount: part, diskAmount: part }),
  AMOUNTS,
).transform(({ podId, ...rest }) => ({ id: podId, ...rest }));

export const serverlessRecord: z.ZodType<BillingRecord> = withNamed(
  z.object({
    ...bucket,
    serverlessId: id,
    gpuAmount: part,
    cpuAmount: part,
    diskAmount: part,
    feeAmount: part,
  }),
  AMOUNTS,
).transform(({ serverlessId, ...rest }) => ({ id: serverlessId, ...rest }));

export const volumeRecord: z.ZodType<BillingRecord> = withNamed(
  z.object({ ...bucket, networkVolumeId: id, standardAmount: part, highPerformanceAmount: part }),
  AMOUNTS,
).transform(({ networkVolumeId, ...rest }) => ({ id: networkVolumeId, ...rest }));

/**
 * The documented lists come whole; should they ever be paged, a page must not pass for the whole.
 */
const paged = { pagination: z.object({ hasNextPage: z.boolean() }).nullish().catch(null) };

/** Does an answer say that there is more of it? */
export const pageAnswer = z.object(paged);

/** The frame of every billing answer. */
export const billingAnswer = z.object({
  records: z.array(z.unknown()),
  metadata: z.object({
    query: z.object({ startTime: instant, endTime: instant }),
    recordCount: wholeNumber,
    /** Only to reconcile with: one that cannot be read costs no record. */
    totals: z.object({ totalAmount: money }).nullish().catch(null),
  }),
});

/** What of a family's billing answer is read. */
export function billingFields(record: z.ZodType<BillingRecord>) {
  return fieldsOf(billingAnswer.extend({ ...paged, records: listOf(record) }));
}

const count = wholeNumber.refine((value) => value > 0, { error: 'at least one was expected' });

export const pod = z.object({
  id,
  name: label.nullish(),
  status: label.nullish(),
  cloud: z
    .enum(['SECURE', 'COMMUNITY'], { error: 'the cloud SECURE or COMMUNITY was expected' })
    .nullish(),
  cost: rate.nullish(),
  gpu: z.object({ id: code, count }).nullish(),
});
export type Pod = z.output<typeof pod>;

export const endpoint = z.object({
  id,
  name: label.nullish(),
  gpu: z
    .object({
      pools: z.array(code).nullish(),
      excludedTypes: z.array(code).nullish(),
      count: count.nullish(),
    })
    .nullish(),
});
export type Endpoint = z.output<typeof endpoint>;

export const volume = z.object({ id, name: label.nullish() });

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

export const podsAnswer = z.object({ ...paged, pods: listOf(pod) });
export const serverlessAnswer = z.object({ ...paged, endpoints: listOf(endpoint) });
export const volumesAnswer = z.object({ ...paged, networkVolumes: listOf(volume) });
export const gpusAnswer = z.object({ ...paged, gpus: listOf(gpu) });
