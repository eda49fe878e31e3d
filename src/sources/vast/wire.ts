/** The fields of Vast.ai's answers that are read; no others are kept. */

import { z } from 'zod';
import { fieldsOf, listOf } from '../../platform/readFields.ts';
import { decimalText, nameOf, plainNumber, wholeNumber } from '../../platform/wire.ts';

/** An id goes into keys and reports: printable, and of sane length. */
const idText = z
  .string({ error: (issue) => `found ${nameOf(issue.input)}, expected an id` })
  .regex(/^[^\p{C}\p{Z}]{1,200}$/u, { error: 'expected an id of 1 to 200 visible characters' });
const id = z.union([wholeNumber.transform(String), idText]);
const label = z.string().max(1000);
/** A name that goes into facts as it is: no signs that nobody sees. */
const code = z.string().regex(/^\P{C}{1,200}$/u, {
  error: 'expected a name of 1 to 200 visible characters',
});
/** Dollars of one day; a billion of them is a fault of units, not a charge. */
const money = decimalText.refine((text) => Math.abs(Number(text)) < 1e9, {
  error: 'expected an amount below a billion dollars',
});
/** Dollars an hour of a whole machine. */
const rate = decimalText.refine((text) => Number(text) >= 0 && Number(text) < 1e6, {
  error: 'expected a rate from 0 to a million dollars per hour',
});

/** What stands beside every list: an error may come with status 200. */
const beside = {
  success: z.boolean().nullish(),
  error: z.string().nullish(),
  msg: z.string().nullish(),
};
export const frame = z.object(beside);

/** Where a list goes on: `null` after its last page. */
export const paged = z.object({ next_token: z.string().nullish() });

const chargeItem = z.object({
  type: code,
  amount: money,
  /** E.g. `96.000 hours at $0.389/hour`; only the hours are read, and only where they fit. */
  description: z.string().nullish(),
});
export type ChargeItem = z.output<typeof chargeItem>;

/** One contract in one day. */
export const chargeRow = z.object({
  source: idText,
  type: label.nullish(),
  /** Rounded to a tenth of a cent. */
  amount: money,
  metadata: z
    .object({ label: label.nullish(), endpoint_id: id.nullish(), workergroup_id: id.nullish() })
    .nullish(),
  items: z.array(chargeItem).nullish(),
});
export type ChargeRow = z.output<typeof chargeRow>;

export const chargesAnswer = z.object({
  ...beside,
  ...paged.shape,
  total: wholeNumber.nullish(),
  results: listOf(chargeRow),
});
export const CHARGES_FIELDS = fieldsOf(chargesAnswer);

const count = wholeNumber.refine((value) => value >= 0, { error: 'expected a count' });

export const instance = z.object({
  id,
  label: label.nullish(),
  gpu_name: code.nullish(),
  num_gpus: count.nullish(),
  /** MiB of one GPU. */
  gpu_ram: plainNumber.nullish(),
  dph_total: rate.nullish(),
  is_bid: z.boolean().nullish(),
  actual_status: label.nullish(),
  cur_state: label.nullish(),
});
export type Instance = z.output<typeof instance>;

export const instancesAnswer = z.object({
  ...beside,
  ...paged.shape,
  total_instances: wholeNumber.nullish(),
  instances: listOf(instance),
});
export const INSTANCES_FIELDS = fieldsOf(instancesAnswer);

export const endpoint = z.object({
  id,
  endpoint_name: label.nullish(),
  endpoint_state: label.nullish(),
});

export const endpointsAnswer = z.object({ ...beside, results: listOf(endpoint) });
export const ENDPOINTS_FIELDS = fieldsOf(endpointsAnswer);

/** What a host asks for some GPUs of one machine; a machine may be offered in several ways. */
export const offer = z.object({
  machine_id: id.nullish(),
  gpu_name: code.nullish(),
  num_gpus: count.nullish(),
  gpu_ram: plainNumber.nullish(),
  dph_total: rate.nullish(),
  rentable: z.boolean().nullish(),
  verification: label.nullish(),
});
export type Offer = z.output<typeof offer>;

/** A list by its schema; its example is a single offer. */
export const offersAnswer = z.object({ ...beside, offers: z.union([listOf(offer), offer]) });
export const OFFERS_FIELDS = fieldsOf(offersAnswer);
