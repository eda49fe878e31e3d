/** Schemas of Together's API responses; only these fields are stored. */

import { z } from 'zod';
import { listOf } from '../../platform/readFields.ts';
import { instant, numberText } from '../../platform/wire.ts';
import { gpuCount, idText, labelText, nameText, quantityText, usdText } from '../fieldTypes.ts';

/** A label with a nested value is ignored; the cost of its line still counts. */
const label = z.union([labelText, numberText, z.boolean()]).nullable().catch(null);

/** Labels that distinguish lines of a product: model, key, project. */
const labels = z.record(z.string(), label);
export type Labels = z.output<typeof labels>;

export const line = z.object({
  product_name: nameText,
  quantity: quantityText,
  unit_price: usdText.nullish(),
  cost: usdText,
  pricing_dimensions: labels.nullish(),
  attributes: labels.nullish(),
});
export type Line = z.output<typeof line>;

/** A past day with its usage. */
export const day = z.object({
  start_time: instant,
  end_time: instant,
  line_items: listOf(line),
});

export const usageAnswer = z.object({
  data: listOf(day),
  currency: labelText.nullish(),
  next_cursor: z.string().nullish(),
});

export const hardware = z.object({
  id: nameText,
  pricing: z.object({ cents_per_minute: usdText.nullish() }).nullish(),
  specs: z.object({ gpu_type: nameText, gpu_link: labelText.nullish(), gpu_count: gpuCount }),
});
export type Hardware = z.output<typeof hardware>;
export const hardwareAnswer = z.object({ data: listOf(hardware) });

export const listed = z.object({ id: idText, state: labelText.nullish() });
export const endpointsAnswer = z.object({ data: listOf(listed) });

export const endpoint = z.object({
  id: idText,
  name: labelText.nullish(),
  display_name: labelText.nullish(),
  hardware: nameText.nullish(),
  state: labelText.nullish(),
  autoscaling: z
    .object({ min_replicas: gpuCount.nullish(), max_replicas: gpuCount.nullish() })
    .nullish(),
});
export type Endpoint = z.output<typeof endpoint>;

export const cluster = z.object({
  cluster_id: idText,
  cluster_name: labelText.nullish(),
  gpu_type: nameText.nullish(),
  num_gpus: gpuCount.nullish(),
  status: labelText.nullish(),
});
export type Cluster = z.output<typeof cluster>;
export const clustersAnswer = z.object({ clusters: listOf(cluster) });
