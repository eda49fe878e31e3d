/** Converts DigitalOcean's estimates, Droplets and sizes to facts. */

import type { Charge, Resource } from '../../domain/charge.ts';
import { decimal, divide, exactInteger, isZero } from '../../domain/exact.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, dayText, monthText, type Period } from '../../domain/period.ts';
import type { GpuRate } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import { firstFaultText, instantMsSchema, wholeNumber } from '../../platform/responseSchemas.ts';
import type { AnswerFacts } from '../api.ts';
import { productCategory } from '../billLine.ts';
import { type ObservationContext, readRecords, readRows } from '../records.ts';
import { z } from 'zod';
import { recordList } from '../../platform/schemaFields.ts';
import {
  freeText,
  gpuCount,
  optionalBlank,
  providerId,
  providerName,
  quantityField,
  usdAmount,
} from '../fieldTypes.ts';

interface Gpus {
  readonly gpuType?: string;
  readonly gpuCount?: number;
}

/** What earlier responses of a pull provide to later ones: GPUs by size and by Droplet. */
export interface DigitaloceanPullState {
  readonly sizes: Map<string, Gpus>;
  readonly droplets: Map<string, Gpus>;
}

function gpusOf(info: DropletSize['gpu_info']): Gpus {
  return info?.model && info.count ? { gpuType: info.model, gpuCount: info.count } : {};
}

/** Reads list prices per GPU, for each model from its smallest size. */
export function readSizes(
  records: Iterable<unknown>,
  seen: ObservationContext,
  { sizes }: DigitaloceanPullState,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, dropletSize, (one) => one);
  for (const { fact } of facts) sizes.set(fact.slug, gpusOf(fact.gpu_info));
  const rates = new Map<string, Located<GpuRate>>();
  const count = ({ fact }: Located<DropletSize>) => gpusOf(fact.gpu_info).gpuCount ?? 0;
  for (const { position, fact } of facts.toSorted((a, b) => count(a) - count(b))) {
    const { gpuType, gpuCount } = gpusOf(fact.gpu_info);
    const price = decimal(fact.price_hourly ?? '0');
    const isOffered = fact.available !== false && !isZero(price) && price.num > 0n;
    if (gpuType === undefined || gpuCount === undefined || !isOffered) continue;
    if (rates.has(gpuType)) continue;
    const rate: GpuRate = {
      sourceId: seen.sourceId,
      provider: 'digitalocean',
      gpuType,
      pricingClass: 'on-demand',
      validFromMs: seen.seenAtMs,
      usdPerGpuHour: nanoFromUsd(divide(price, exactInteger(gpuCount))),
    };
    rates.set(gpuType, { position, fact: rate });
  }
  return { rates: [...rates.values()].toSorted((a, b) => a.position - b.position), ...trouble };
}

/** Reads Droplets. A Droplet is billed at its size's rate while it exists, even when it is off. */
export function readDroplets(
  records: Iterable<unknown>,
  seen: ObservationContext,
  { droplets }: DigitaloceanPullState,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, droplet, (one: Droplet): Resource => {
    const gpus = gpusOf(one.gpu_info ?? one.size?.gpu_info);
    const rate = one.size?.price_hourly;
    droplets.set(one.id, gpus);
    return {
      sourceId: seen.sourceId,
      resourceId: one.id,
      kind: 'instance',
      name: one.name ? one.name : one.id,
      ...gpus,
      ...(rate ? { usdPerHour: nanoFromUsd(decimal(rate)) } : {}),
      ...(one.status ? { status: one.status } : {}),
      seenAtMs: seen.seenAtMs,
    };
  });
  return { resources: facts, ...trouble };
}

/** Key prefix of a month's charges, estimated or invoiced. */
export function monthKeyPrefix(month: Period): string {
  return `${monthText(month.startMs)}/`;
}

export interface DigitaloceanMonthContext {
  readonly sourceId: string;
  readonly month: Period;
  readonly state: DigitaloceanPullState;
  /** Times that each key was seen; repeated keys are numbered. */
  readonly seen: Map<string, number>;
}

/** Numbers repeated keys: the first is `a/b`, the second `a/b/2`. */
export function numberRepeatedKey(key: string, seen: Map<string, number>): string {
  const times = (seen.get(key) ?? 0) + 1;
  seen.set(key, times);
  return times === 1 ? key : `${key}/${times}`;
}

export const joinKeyParts = (parts: readonly (string | null | undefined)[]) =>
  parts.map((part) => encodeURIComponent(part ?? '')).join('/');

/** Splits `chat-1 (gpu-h100x1-80gb)` into the Droplet chat-1 and the GPUs of its size. */
export function parseDescription(text: string, { sizes }: DigitaloceanPullState) {
  const [, name = text, slug = ''] = /^(.*\S) \(([\w.-]+)\)$/.exec(text) ?? [];
  const gpus: Gpus = sizes.get(slug) ?? {};
  return { name, gpus };
}

/**
 * Reads a month's daily estimates. Each is the change since the day before, so it may be negative.
 */
export function readEstimates(
  records: Iterable<unknown>,
  context: DigitaloceanMonthContext,
): AnswerFacts {
  const { facts, rejects, warnings } = readRows(records, (raw) => {
    const read = estimate.safeParse(raw);
    if (!read.success) return firstFaultText(read.error);
    // The request includes the day after the month, because DigitalOcean does not document whether
    // the end date is inclusive.
    if (dayStartMs(read.data.start_date) === context.month.endMs) return [];
    return dayFault(read.data, context.month) ?? [estimateOf(read.data, context)];
  });
  return { charges: facts.filter(({ fact }) => fact.billed !== 0n), rejects, warnings };
}

function dayFault({ start_date: dateMs }: Estimate, month: Period): string | undefined {
  if (dateMs !== dayStartMs(dateMs)) return 'start_date: expected a date';
  if (dateMs >= month.startMs && dateMs < month.endMs) return undefined;
  return `start_date: expected a day inside ${monthText(month.startMs)}`;
}

function estimateOf(
  one: Estimate,
  { sourceId, month, state, seen }: DigitaloceanMonthContext,
): Charge {
  const { start_date: startMs, sku, region, group_description: group, description } = one;
  const { name, gpus } = parseDescription(description, state);
  const product = [description, group, sku].join(' ');
  const place = joinKeyParts([sku, region, group, description]);
  return {
    sourceId,
    key: numberRepeatedKey(`${monthKeyPrefix(month)}estimate/${dayText(startMs)}/${place}`, seen),
    resourceId: [name, sku].find(Boolean) ?? 'unnamed',
    ...(name === '' ? {} : { resourceName: name }),
    category: gpus.gpuType === undefined ? productCategory(product) : 'compute',
    pricingClass: 'on-demand',
    isClassPresumed: true,
    period: { startMs, endMs: startMs + DAY_MS },
    billed: nanoFromUsd(decimal(one.total_amount)),
    ...gpus,
    basis: 'uptime',
    tags: toTags({ sku, region, group, state: 'estimate' }),
  };
}

export function toTags(tags: Readonly<Record<string, string | null | undefined>>) {
  const entries = Object.entries(tags).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return Object.fromEntries(entries) as Record<string, string>;
}

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
