/** Schemas of DigitalOcean's API responses; only these fields are stored. */

import { z } from 'zod';
import { recordList } from '../../platform/readFields.ts';
import { instantMsSchema, wholeNumber } from '../../platform/wire.ts';
import {
  optionalBlank,
  gpuCount,
  providerId,
  freeText,
  providerName,
  quantityField,
  usdAmount,
} from '../fieldTypes.ts';

/** Next page and total of a list. */
export const digitaloceanPaging = z.object({
  links: z.object({ pages: z.object({ next: z.string().nullish() }).nullish() }).nullish(),
  meta: z.object({ total: wholeNumber.nullish() }).nullish(),
  total_items: wholeNumber.nullish(),
  total_pages: wholeNumber.nullish(),
  current_page: wholeNumber.nullish(),
});

/** The estimated amount that one product added to the month's bill on one day. */
export const estimate = z.object({
  start_date: instantMsSchema,
  total_amount: usdAmount,
  region: freeText.nullish(),
  sku: freeText.nullish(),
  description: freeText,
  group_description: freeText.nullish(),
});
export type Estimate = z.output<typeof estimate>;
export const estimatesAnswer = digitaloceanPaging.extend({ data_points: recordList(estimate) });

export const invoice = z.object({
  invoice_uuid: providerId,
  invoice_id: providerId.nullish(),
  invoice_period: z
    .string()
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, { error: 'expected a month like 2026-06' }),
});
export const invoicesAnswer = digitaloceanPaging.extend({ invoices: recordList(invoice) });

/** Other entries, such as payments and credits, are skipped by type. */
export const historyEntry = z.object({
  type: freeText.nullish(),
  invoice_uuid: providerId.nullish(),
  date: instantMsSchema.nullish(),
});
export const digitaloceanHistoryAnswer = digitaloceanPaging.extend({
  billing_history: recordList(historyEntry),
});

export const invoiceItem = z.object({
  product: freeText,
  description: freeText.nullish(),
  group_description: freeText.nullish(),
  resource_id: freeText.nullish(),
  resource_uuid: freeText.nullish(),
  amount: usdAmount,
  // These are blank for a fee or a refund.
  duration: optionalBlank(quantityField, 'a decimal like 12.5').nullish(),
  duration_unit: freeText.nullish(),
  start_time: optionalBlank(instantMsSchema, 'a time').nullish(),
  end_time: optionalBlank(instantMsSchema, 'a time').nullish(),
  project_name: freeText.nullish(),
});
export type InvoiceItem = z.output<typeof invoiceItem>;
export const itemsAnswer = digitaloceanPaging.extend({ invoice_items: recordList(invoiceItem) });

const part = z.object({ amount: usdAmount.nullish() }).nullish();

/** The four parts sum to the invoice's amount. Credits are negative. */
export const digitaloceanSummaryAnswer = z.object({
  amount: usdAmount,
  product_charges: part,
  overages: part,
  taxes: part,
  credits_and_adjustments: part,
});
export type InvoiceSummary = z.output<typeof digitaloceanSummaryAnswer>;

const gpuInfo = z.object({ count: gpuCount.nullish(), model: freeText.nullish() }).nullish();

export const dropletSize = z.object({
  slug: providerName,
  price_hourly: usdAmount.nullish(),
  available: z.boolean().nullish(),
  gpu_info: gpuInfo,
});
export type DropletSize = z.output<typeof dropletSize>;
export const sizesAnswer = digitaloceanPaging.extend({ sizes: recordList(dropletSize) });

export const droplet = z.object({
  id: wholeNumber.transform(String),
  name: freeText.nullish(),
  status: freeText.nullish(),
  gpu_info: gpuInfo,
  size: z.object({ price_hourly: usdAmount.nullish(), gpu_info: gpuInfo }).nullish(),
});
export type Droplet = z.output<typeof droplet>;
export const dropletsAnswer = digitaloceanPaging.extend({ droplets: recordList(droplet) });
