/** Schemas of Hyperstack's API responses; only these fields are stored. */

import { z } from 'zod';
import { listOf } from '../../platform/readFields.ts';
import { instant, wholeNumber } from '../../platform/wire.ts';
import { gpuCount, idText, labelText, nameText, quantityText, usdText } from '../fieldTypes.ts';

/** Ids are numbers in some responses and strings in others. */
const anyId = z.union([wholeNumber.transform(String), idText]);

const paid = usdText.refine((text) => Number(text) >= 0, {
  error: 'expected an amount of 0 or more',
});

const attributes = z
  .object({
    id: anyId.nullish(),
    infrahub_id: anyId.nullish(),
    resource_name: labelText.nullish(),
    contract_id: anyId.nullish(),
    base_model: labelText.nullish(),
    base_model_display_name: labelText.nullish(),
  })
  .refine((ids) => (ids.infrahub_id ?? ids.id ?? ids.resource_name ?? '') !== '', {
    error: 'expected an id or a name',
  });

const metrics = z.object({
  incurred_bill: paid,
  non_discounted_bill: paid.nullish(),
  price_per_hour: usdText.nullish(),
  /** Hours by the documentation, seconds by its example. */
  usage_time: quantityText.nullish(),
});

/** What one resource cost in the requested period. */
export const billed = z.object({ attributes, metrics });
export type Billed = z.output<typeof billed>;

/** A cluster and the cost of each of its VMs; lists may omit the VMs. */
export const billedCluster = billed.extend({ nodes: z.array(billed).nullish() });
export type BilledCluster = z.output<typeof billedCluster>;

const paging = z.object({ page: wholeNumber.nullish(), pages: wholeNumber.nullish() });

const history = z.object({
  billing_history: listOf(billedCluster),
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

export const historyAnswer = familiesOf(history);

/** Only the number of rows is read. */
export const surveyAnswer = familiesOf(
  z.object({ billing_history: z.array(z.object({})), total_count: wholeNumber.nullish() }),
);

/** One cluster with its VMs. */
export const clusterAnswer = z.object({ billing_history_cluster_details: billedCluster });

/** What the whole organization paid in the requested period. */
export const totalAnswer = z.object({
  billing_history: z.object({
    billing_history: z.array(z.object({ metrics: z.object({ incurred_bill: usdText }) })),
  }),
});

const flavor = z
  .object({
    name: labelText.nullish(),
    gpu: labelText.nullish(),
    gpu_count: gpuCount.nullish(),
  })
  .refine(({ gpu, gpu_count: count }) => !gpu || typeof count === 'number', {
    path: ['gpu_count'],
    error: 'expected a number of GPUs',
  });
export type Flavor = z.output<typeof flavor>;

export const vm = z.object({
  id: anyId,
  name: labelText.nullish(),
  status: labelText.nullish(),
  flavor: flavor.nullish(),
});
export type Vm = z.output<typeof vm>;

export const volume = z.object({
  id: anyId,
  name: labelText.nullish(),
  status: labelText.nullish(),
});
export type Volume = z.output<typeof volume>;

export const cluster = z.object({
  id: anyId,
  name: labelText.nullish(),
  status: labelText.nullish(),
  nodes: z.array(z.object({ instance: z.object({ id: anyId.nullish() }).nullish() })).nullish(),
  node_groups: z.array(z.object({ count: gpuCount.nullish(), flavor: flavor.nullish() })).nullish(),
});
export type Cluster = z.output<typeof cluster>;

const counts = { count: wholeNumber.nullish(), page_size: wholeNumber.nullish() };
export const vmsAnswer = z.object({ instances: listOf(vm), ...counts });
export const volumesAnswer = z.object({ volumes: listOf(volume), ...counts });
export const clustersAnswer = z.object({ clusters: listOf(cluster), ...counts });
export const listCounts = z.object(counts);

/** GPU models; flavors themselves are read with each VM. */
export const gpus = z.object({ gpu: labelText.nullish() });
export const flavorsAnswer = z.object({ data: listOf(gpus) });

/** Hourly price of a resource for this customer, before discounts. */
export const priced = z.object({
  name: nameText,
  value: usdText.nullish(),
  start_time: instant.nullish(),
  end_time: instant.nullish(),
});
export type Priced = z.output<typeof priced>;
export const pricebookAnswer = listOf(priced);
