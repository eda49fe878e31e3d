/** Schemas of Crusoe's API responses; only these fields are stored. */

import { z } from 'zod';
import { listOf } from '../../platform/readFields.ts';
import { instant } from '../../platform/wire.ts';
import { gpuCount, idText, labelText, nameText, quantityText, usdText } from '../fieldTypes.ts';

const line = {
  date: instant,
  project_id: idText,
  region: labelText.nullish(),
  resource_type: nameText,
  billable_metric: nameText,
  quantity: quantityText,
};

/** Cost of one product in one project and region on one day. */
export const cost = z.object({ ...line, unit_price: usdText.nullish(), cost: usdText.nullish() });
export type Cost = z.output<typeof cost>;

/** Usage of the same, per reservation where one covers it. */
export const usage = z.object({ ...line, reservation_id: labelText.nullish() });
export type Usage = z.output<typeof usage>;

export const project = z.object({ id: idText, name: labelText.nullish() });

export const vmType = z
  .object({
    product_name: nameText,
    gpu_type: labelText.nullish(),
    num_gpu: gpuCount.nullish(),
  })
  .refine(({ gpu_type: type, num_gpu: count }) => !type || typeof count === 'number', {
    path: ['num_gpu'],
    error: 'expected a number of GPUs',
  });

export const vm = z.object({
  id: idText,
  name: labelText.nullish(),
  type: nameText.nullish(),
  state: labelText.nullish(),
});
export type Vm = z.output<typeof vm>;

export const costsAnswer = z.object({
  data: listOf(cost),
  /** A time in the examples of Crusoe's client; other text is ignored. */
  last_updated: labelText.nullish(),
});
export const usageAnswer = z.object({ items: listOf(usage) });
export const projectsAnswer = z.object({ items: listOf(project) });
export const typesAnswer = z.object({ items: listOf(vmType) });
export const vmsAnswer = z.object({
  items: listOf(vm),
  /** Empty on the last page. */
  next_page_token: z.string().nullish(),
});
