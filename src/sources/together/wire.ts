/** Schemas of Together's API responses; only these fields are stored. */

import { z } from 'zod';
import { recordList } from '../../platform/readFields.ts';
import { instantMsSchema, numberText } from '../../platform/wire.ts';
import {
  gpuCount,
  providerId,
  freeText,
  providerName,
  quantityField,
  usdAmount,
} from '../fieldTypes.ts';

/** A label with a nested value is ignored; the cost of its line still counts. */
const label = z.union([freeText, numberText, z.boolean()]).nullable().catch(null);

/** Labels that distinguish lines of a product: model, key, project. */
const labels = z.record(z.string(), label);
export type TogetherLabels = z.output<typeof labels>;

export const togetherBillLine = z.object({
  product_name: providerName,
  quantity: quantityField,
  unit_price: usdAmount.nullish(),
  cost: usdAmount,
  pricing_dimensions: labels.nullish(),
  attributes: labels.nullish(),
});
export type TogetherBillLine = z.output<typeof togetherBillLine>;

/** A past day with its usage. */
export const billDay = z.object({
  start_time: instantMsSchema,
  end_time: instantMsSchema,
  line_items: recordList(togetherBillLine),
});

export const togetherUsageAnswer = z.object({
  data: recordList(billDay),
  currency: freeText.nullish(),
  next_cursor: z.string().nullish(),
});

export const hardware = z.object({
  id: providerName,
  pricing: z.object({ cents_per_minute: usdAmount.nullish() }).nullish(),
  specs: z.object({ gpu_type: providerName, gpu_link: freeText.nullish(), gpu_count: gpuCount }),
});
export type Hardware = z.output<typeof hardware>;
export const hardwareAnswer = z.object({ data: recordList(hardware) });

export const listedEndpoint = z.object({ id: providerId, state: freeText.nullish() });
export const togetherEndpointsAnswer = z.object({ data: recordList(listedEndpoint) });

export const togetherEndpoint = z.object({
  id: providerId,
  name: freeText.nullish(),
  display_name: freeText.nullish(),
  hardware: providerName.nullish(),
  state: freeText.nullish(),
  autoscaling: z
    .object({ min_replicas: gpuCount.nullish(), max_replicas: gpuCount.nullish() })
    .nullish(),
});
export type TogetherEndpoint = z.output<typeof togetherEndpoint>;

export const togetherCluster = z.object({
  cluster_id: providerId,
  cluster_name: freeText.nullish(),
  gpu_type: providerName.nullish(),
  num_gpus: gpuCount.nullish(),
  status: freeText.nullish(),
});
export type TogetherCluster = z.output<typeof togetherCluster>;
export const togetherClustersAnswer = z.object({ clusters: recordList(togetherCluster) });
