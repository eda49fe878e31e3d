/** Schemas of DigitalOcean's API responses; only these fields are stored. */

import { z } from 'zod';
import { listOf } from '../../platform/readFields.ts';
import { instant, wholeNumber } from '../../platform/wire.ts';
import {
  blankOr,
  gpuCount,
  idText,
  labelText,
  nameText,
  quantityText,
  usdText,
} from '../fieldTypes.ts';

/** Next page and total of a list. */
export const paging = z.object({
  links: z.object({ pages: z.object({ next: z.string().nullish() }).nullish() }).nullish(),
  meta: z.object({ total: wholeNumber.nullish() }).nullish(),
  total_items: wholeNumber.nullish(),
  total_pages: wholeNumber.nullish(),
  current_page: wholeNumber.nullish(),
});

/** The estimated amount that one product added to the month's bill on one day. */
export const estimate = z.object({
  start_date: instant,
  total_amount: usdText,
  region: labelText.nullish(),
  sku: labelText.nullish(),
  description: labelText,
  group_description: labelText.nullish(),
});
export type Estimate = z.output<typeof estimate>;
export const estimatesAnswer = paging.extend({ data_points: listOf(estimate) });

export const invoice = z.object({
  invoice_uuid: idText,
  invoice_id: idText.nullish(),
  invoice_period: z
    .string()
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, { error: 'expected a month like 2026-06' }),
});
export const invoicesAnswer = paging.extend({ invoices: listOf(invoice) });

/** Other entries, such as payments and credits, are skipped by type. */
export const entry = z.object({
  type: labelText.nullish(),
  invoice_uuid: idText.nullish(),
  date: instant.nullish(),
});
export const historyAnswer = paging.extend({ billing_history: listOf(entry) });

export const item = z.object({
  product: labelText,
  description: labelText.nullish(),
  group_description: labelText.nullish(),
  resource_id: labelText.nullish(),
  resource_uuid: labelText.nullish(),
  amount: usdText,
  // These are blank for a fee or a refund.
  duration: blankOr(quantityText, 'a decimal like 12.5').nullish(),
  duration_unit: labelText.nullish(),
  start_time: blankOr(instant, 'a time').nullish(),
  end_time: blankOr(instant, 'a time').nullish(),
  project_name: labelText.nullish(),
});
export type Item = z.output<typeof item>;
export const itemsAnswer = paging.extend({ invoice_items: listOf(item) });

const part = z.object({ amount: usdText.nullish() }).nullish();

/** The four parts sum to the invoice's amount. Credits are negative. */
export const summaryAnswer = z.object({
  amount: usdText,
  product_charges: part,
  overages: part,
  taxes: part,
  credits_and_adjustments: part,
});
export type Summary = z.output<typeof summaryAnswer>;

const gpuInfo = z.object({ count: gpuCount.nullish(), model: labelText.nullish() }).nullish();

export const size = z.object({
  slug: nameText,
  price_hourly: usdText.nullish(),
  available: z.boolean().nullish(),
  gpu_info: gpuInfo,
});
export type Size = z.output<typeof size>;
export const sizesAnswer = paging.extend({ sizes: listOf(size) });

export const droplet = z.object({
  id: wholeNumber.transform(String),
  name: labelText.nullish(),
  status: labelText.nullish(),
  gpu_info: gpuInfo,
  size: z.object({ price_hourly: usdText.nullish(), gpu_info: gpuInfo }).nullish(),
});
export type Droplet = z.output<typeof droplet>;
export const dropletsAnswer = paging.extend({ droplets: listOf(droplet) });
