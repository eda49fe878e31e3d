/** Schemas of Crusoe's API responses; only these fields are stored. */

import { z } from 'zod';
import { dayText } from '../../domain/period.ts';
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

const lineFields = {
  date: instantMsSchema,
  project_id: providerId,
  region: freeText.nullish(),
  resource_type: providerName,
  billable_metric: providerName,
};
const lineName = z.object(lineFields);
const line = { ...lineFields, quantity: quantityField };

/** What the rows of one line have in common, as part of a key. */
export function lineOf(row: z.output<typeof lineName>): string {
  const { date, project_id, region, resource_type, billable_metric } = row;
  const parts = [project_id, region ?? '', resource_type, billable_metric];
  return [dayText(date), ...parts.map((part) => encodeURIComponent(part))].join('/');
}

/** The line of a row that cannot be read as a whole; empty if that is unreadable too. */
export function lineIn(raw: unknown): string {
  const { data } = lineName.safeParse(raw);
  return data === undefined ? '' : lineOf(data);
}

/** Cost of one product in one project and region on one day. */
export const cost = z.object({
  ...line,
  unit_price: usdAmount.nullish(),
  cost: usdAmount.nullish(),
});
export type Cost = z.output<typeof cost>;

/** Usage of the same, per reservation where one covers it. */
export const crusoeUsage = z.object({ ...line, reservation_id: freeText.nullish() });

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

export interface VmType {
  readonly gpuType?: string;
  readonly gpuCount?: number;
}

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
