/** Schemas of Vast.ai's API responses; only these fields are stored. */

import { z } from 'zod';
import { recordList } from '../../platform/schemaFields.ts';
import { decimalText, plainNumber, wholeNumber } from '../../platform/responseSchemas.ts';
import { providerId, usdAmount } from '../fieldTypes.ts';

const id = z.union([wholeNumber.transform(String), providerId]);
const label = z.string().max(1000);
/** Names are stored as they are, so they have visible characters only. */
const code = z.string().regex(/^\P{C}{1,200}$/u, {
  error: 'expected a name of 1 to 200 visible characters',
});
/** US dollars per hour of a whole machine. */
const rate = decimalText.refine((text) => Number(text) >= 0 && Number(text) < 1e6, {
  error: 'expected a rate from 0 to a million dollars per hour',
});

/** Members beside every list: an error may come with status 200. */
const beside = {
  success: z.boolean().nullish(),
  error: z.string().nullish(),
  msg: z.string().nullish(),
};
export const vastFrame = z.object(beside);

/** `next_token` is null on the last page. */
const paging = { next_token: z.string().nullish() };

const chargeItem = z.object({
  type: code,
  amount: usdAmount,
  /**
   * E.g. `96.000 hours at $0.389/hour`. Only the hours are read, and only if they match the amount.
   */
  description: z.string().nullish(),
});
export type ChargeItem = z.output<typeof chargeItem>;

/** One contract in one day. */
export const chargeRow = z.object({
  source: providerId,
  type: label.nullish(),
  /** Rounded to a tenth of a cent. */
  amount: usdAmount,
  metadata: z
    .object({ label: label.nullish(), endpoint_id: id.nullish(), workergroup_id: id.nullish() })
    .nullish(),
  items: z.array(chargeItem).nullish(),
});
export type VastChargeRow = z.output<typeof chargeRow>;

export const chargesAnswer = z.object({
  ...beside,
  ...paging,
  total: wholeNumber.nullish(),
  results: recordList(chargeRow),
});

const count = wholeNumber.refine((value) => value >= 0, { error: 'expected a count' });

export const vastInstance = z.object({
  id,
  label: label.nullish(),
  gpu_name: code.nullish(),
  num_gpus: count.nullish(),
  /** MiB per GPU. */
  gpu_ram: plainNumber.nullish(),
  dph_total: rate.nullish(),
  is_bid: z.boolean().nullish(),
  actual_status: label.nullish(),
  cur_state: label.nullish(),
});
export type VastInstance = z.output<typeof vastInstance>;

export const instancesAnswer = z.object({
  ...beside,
  ...paging,
  total_instances: wholeNumber.nullish(),
  instances: recordList(vastInstance),
});

export const vastEndpoint = z.object({
  id,
  endpoint_name: label.nullish(),
  endpoint_state: label.nullish(),
});

export const vastEndpointsAnswer = z.object({ ...beside, results: recordList(vastEndpoint) });

/** An offer of some GPUs of one machine; a machine may be in several offers. */
export const offer = z.object({
  machine_id: id.nullish(),
  gpu_name: code.nullish(),
  num_gpus: count.nullish(),
  gpu_ram: plainNumber.nullish(),
  dph_total: rate.nullish(),
  rentable: z.boolean().nullish(),
  verification: label.nullish(),
});
export type VastOffer = z.output<typeof offer>;

/** A list by its schema, but a single offer in its example. */
export const offersAnswer = z.object({ ...beside, offers: z.union([recordList(offer), offer]) });
