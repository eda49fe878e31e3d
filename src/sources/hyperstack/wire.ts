/** Schemas of Hyperstack's API responses; only these fields are stored. */

import { z } from 'zod';
import { recordList } from '../../platform/schemaFields.ts';
import { instantMsSchema, wholeNumber } from '../../platform/responseSchemas.ts';
import {
  freeText,
  gpuCount,
  providerId,
  providerName,
  quantityField,
  usdAmount,
} from '../fieldTypes.ts';
import { Failure } from '../../domain/failure.ts';
import type { Query } from '../../platform/baseUrl.ts';

/** Ids are numbers in some responses and strings in others. */
const anyId = z.union([wholeNumber.transform(String), providerId]);

const paid = usdAmount.refine((text) => Number(text) >= 0, {
  error: 'expected an amount of 0 or more',
});

const attributes = z
  .object({
    id: anyId.nullish(),
    infrahub_id: anyId.nullish(),
    resource_name: freeText.nullish(),
    contract_id: anyId.nullish(),
    base_model: freeText.nullish(),
    base_model_display_name: freeText.nullish(),
  })
  .refine((ids) => (ids.infrahub_id ?? ids.id ?? ids.resource_name ?? '') !== '', {
    error: 'expected an id or a name',
  });

const metrics = z.object({
  incurred_bill: paid,
  non_discounted_bill: paid.nullish(),
  price_per_hour: usdAmount.nullish(),
  /** Hours by the documentation, seconds by its example. */
  usage_time: quantityField.nullish(),
});

/** What one resource cost in the requested period. */
export const billedHistoryRow = z.object({ attributes, metrics });
export type BilledHistoryRow = z.output<typeof billedHistoryRow>;

/** A cluster and the cost of each of its VMs; lists may omit the VMs. */
export const billedCluster = billedHistoryRow.extend({
  nodes: z.array(billedHistoryRow).nullish(),
});
export type BilledCluster = z.output<typeof billedCluster>;

const paging = z.object({ page: wholeNumber.nullish(), pages: wholeNumber.nullish() });

const history = z.object({
  billing_history: recordList(billedCluster),
  total_count: wholeNumber.nullish(),
  pagination: paging.nullish(),
});
export type History = z.output<typeof history>;

/** Each family has its own key. A snapshot's key sometimes names another family. */
function familiesOf<T extends z.ZodObject>(schema: T) {
  return z.object({
    message: z.string().nullish(),
    billing_history_vm: schema.nullish(),
    billing_history_volume: schema.nullish(),
    billing_history_snapshot: schema.nullish(),
    billing_history_bucket: schema.nullish(),
    billing_history_cluster: schema.nullish(),
    billing_history_contract: schema.nullish(),
    billing_history_serverless_inference: schema.nullish(),
    billing_history_fine_tuning: schema.nullish(),
    billing_history_model_evaluation: schema.nullish(),
    billing_history_data_synthesis: schema.nullish(),
  });
}

export const hyperstackHistoryAnswer = familiesOf(history);

/** Only the number of rows is read. */
export const surveyAnswer = familiesOf(
  z.object({ billing_history: z.array(z.object({})), total_count: wholeNumber.nullish() }),
);

/** One cluster with its VMs. */
export const clusterAnswer = z.object({ billing_history_cluster_details: billedCluster });

/** What the whole organization paid in the requested period. */
export const totalAnswer = z.object({
  billing_history: z.object({
    billing_history: z.array(z.object({ metrics: z.object({ incurred_bill: usdAmount }) })),
  }),
});

const flavor = z
  .object({
    name: freeText.nullish(),
    gpu: freeText.nullish(),
    gpu_count: gpuCount.nullish(),
  })
  .refine(({ gpu, gpu_count: count }) => !gpu || typeof count === 'number', {
    path: ['gpu_count'],
    error: 'expected a number of GPUs',
  });
export type Flavor = z.output<typeof flavor>;

export const hyperstackVm = z.object({
  id: anyId,
  name: freeText.nullish(),
  status: freeText.nullish(),
  flavor: flavor.nullish(),
});
export type HyperstackVm = z.output<typeof hyperstackVm>;

export const hyperstackVolume = z.object({
  id: anyId,
  name: freeText.nullish(),
  status: freeText.nullish(),
});
export type Volume = z.output<typeof hyperstackVolume>;

export const hyperstackCluster = z.object({
  id: anyId,
  name: freeText.nullish(),
  status: freeText.nullish(),
  nodes: z.array(z.object({ instance: z.object({ id: anyId.nullish() }).nullish() })).nullish(),
  node_groups: z.array(z.object({ count: gpuCount.nullish(), flavor: flavor.nullish() })).nullish(),
});
export type HyperstackCluster = z.output<typeof hyperstackCluster>;

const counts = { count: wholeNumber.nullish(), page_size: wholeNumber.nullish() };
export const hyperstackVmsAnswer = z.object({ instances: recordList(hyperstackVm), ...counts });
export const hyperstackVolumesAnswer = z.object({
  volumes: recordList(hyperstackVolume),
  ...counts,
});
export const hyperstackClustersAnswer = z.object({
  clusters: recordList(hyperstackCluster),
  ...counts,
});
export type ListCounts = z.output<z.ZodObject<typeof counts>>;

/** GPU models; flavors themselves are read with each VM. */
export const flavorGpu = z.object({ gpu: freeText.nullish() });
export const flavorsAnswer = z.object({ data: recordList(flavorGpu) });

/** Hourly price of a resource for this customer, before discounts. */
export const pricebookEntry = z.object({
  name: providerName,
  value: usdAmount.nullish(),
  start_time: instantMsSchema.nullish(),
  end_time: instantMsSchema.nullish(),
});
export type PricebookEntry = z.output<typeof pricebookEntry>;
export const pricebookAnswer = recordList(pricebookEntry);

/** Requested page size; the API may return fewer. */
export const PAGE_SIZE = 100;

export function nextPage(query: Query): Query {
  return { ...query, page: String(Number(query['page']) + 1) };
}

interface Counted {
  readonly total: number;
  /** Items on all pages so far. */
  readonly count: number;
  readonly isLast: boolean;
}

/**
 * Throws if a list has more items than its stated total, or ends with fewer.
 * @throws {Failure} `malformed`
 */
export function checkCount({ isLast, ...counts }: Counted, where: string): void {
  const { total, count } = counts;
  if (isLast ? count !== total : count > total) throw wrongCount(counts, where);
}

export function wrongCount({ total, count }: Omit<Counted, 'isLast'>, where: string): Failure {
  return new Failure('malformed', `${where} reports a total of ${total}, but listed ${count}`, {
    where,
    hint: 'pull again; nothing was withdrawn',
  });
}
