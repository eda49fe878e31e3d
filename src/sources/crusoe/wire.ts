/** Schemas of Crusoe's API responses; only these fields are stored. */

import { z } from 'zod';
import { recordList } from '../../platform/schemaFields.ts';
import { instantMsSchema } from '../../platform/responseSchemas.ts';
import {
  gpuCount,
  providerId,
  freeText,
  providerName,
  quantityField,
  usdAmount,
} from '../fieldTypes.ts';

const line = {
  date: instantMsSchema,
  project_id: providerId,
  region: freeText.nullish(),
  resource_type: providerName,
  billable_metric: providerName,
  quantity: quantityField,
};

/** Cost of one product in one project and region on one day. */
export const cost = z.object({
  ...line,
  unit_price: usdAmount.nullish(),
  cost: usdAmount.nullish(),
});
export type Cost = z.output<typeof cost>;

/** Usage of the same, per reservation where one covers it. */
export const crusoeUsage = z.object({ ...line, reservation_id: freeText.nullish() });
export type CrusoeUsage = z.output<typeof crusoeUsage>;

export const project = z.object({ id: providerId, name: freeText.nullish() });

export const vmType = z
  .object({
    product_name: providerName,
    gpu_type: freeText.nullish(),
    num_gpu: gpuCount.nullish(),
  })
  .refine(({ gpu_type: type, num_gpu: count }) => !type || typeof count === 'number', {
    path: ['num_gpu'],
    error: 'expected a number of GPUs',
  });

export const crusoeVm = z.object({
  id: providerId,
  name: freeText.nullish(),
  type: providerName.nullish(),
  state: freeText.nullish(),
});
export type CrusoeVm = z.output<typeof crusoeVm>;

export const crusoeCostsAnswer = z.object({
  data: recordList(cost),
  /** A time in the examples of Crusoe's client; other text is ignored. */
  last_updated: freeText.nullish(),
});
export const crusoeUsageAnswer = z.object({ items: recordList(crusoeUsage) });
export const projectsAnswer = z.object({ items: recordList(project) });
export const crusoeTypesAnswer = z.object({ items: recordList(vmType) });
export const crusoeVmsAnswer = z.object({
  items: recordList(crusoeVm),
  /** Empty on the last page. */
  next_page_token: z.string().nullish(),
});
