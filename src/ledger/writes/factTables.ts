/** The versioned tables of facts, each with its key and its rules. */

import { charges, invoiceLines, opsEntries } from '../tables/bill.ts';
import { exchangeRates, gpuRates, hostedPrices } from '../tables/price.ts';
import { hostedUsage, usage } from '../tables/usage.ts';
import {
  gpuActivities,
  latencyHistograms,
  requestCounts,
  usageParts,
} from '../tables/usageFacts.ts';
import { type FactOf, toFactShape, type VersionedTable } from './factShape.ts';

export type ChargeFact = FactOf<typeof charges>;
export type PriceFact = FactOf<typeof hostedPrices>;

export const CHARGES: VersionedTable<typeof charges> = {
  table: charges,
  key: ['sourceId', 'key'],
  ids: ['chargeRef'],
  // A pod that is gone from the inventory is billed without its name, and keeps the known name. An
  // invoiced charge stays invoiced, even if a later response omits the invoice.
  lasting: ['resourceName', 'gpuType', 'gpuCount', 'invoiceId', 'commitmentId'],
  derived: ['quantityNum', 'quantityDen', 'unit', 'invoiceIssuedMs', 'commitmentStatus'],
  identity: ['resourceId', 'startMs', 'endMs'],
};

export const PRICES: VersionedTable<typeof hostedPrices> = {
  table: hostedPrices,
  key: ['sourceId', 'model', 'host', 'quantization', 'validFromMs', 'serviceTier'],
};

export const RATES: VersionedTable<typeof gpuRates> = {
  table: gpuRates,
  key: ['sourceId', 'provider', 'gpuType', 'pricingClass', 'validFromMs'],
};

export const OPS: VersionedTable<typeof opsEntries> = {
  table: opsEntries,
  key: ['sourceId', 'key'],
};

export const INVOICES: VersionedTable<typeof invoiceLines> = {
  table: invoiceLines,
  key: ['sourceId', 'key'],
};

export const EXCHANGE_RATES: VersionedTable<typeof exchangeRates> = {
  table: exchangeRates,
  key: ['currency', 'monthMs', 'sourceId'],
};

const USAGE: VersionedTable<typeof usage> = {
  table: usage,
  key: ['seriesRef', 'startMs'],
  identity: ['endMs'],
  derived: ['countedMs'],
};

export const USAGE_PARTS: VersionedTable<typeof usageParts> = {
  table: usageParts,
  key: ['deployment', 'sourceId', 'startMs', 'demand', 'tenant', 'team', 'adapter'],
};

export const LATENCY: VersionedTable<typeof latencyHistograms> = {
  table: latencyHistograms,
  key: ['deployment', 'sourceId', 'measure', 'startMs'],
};

export const GPU_ACTIVITY: VersionedTable<typeof gpuActivities> = {
  table: gpuActivities,
  key: ['deployment', 'sourceId', 'startMs'],
};

export const REQUEST_COUNTS: VersionedTable<typeof requestCounts> = {
  table: requestCounts,
  key: ['deployment', 'sourceId', 'startMs'],
};

export const HOSTED_USAGE: VersionedTable<typeof hostedUsage> = {
  table: hostedUsage,
  key: ['sourceId', 'startMs', 'model', 'host', 'serviceTier'],
};

/** All of them, by table name. Exchange rates come first, because charges depend on them. */
export const FACT_SHAPES = {
  exchange_rate: toFactShape(EXCHANGE_RATES),
  charge: toFactShape(CHARGES),
  usage: toFactShape(USAGE),
  usage_part: toFactShape(USAGE_PARTS),
  latency_histogram: toFactShape(LATENCY),
  gpu_activity: toFactShape(GPU_ACTIVITY),
  request_count: toFactShape(REQUEST_COUNTS),
  hosted_price: toFactShape(PRICES),
  gpu_rate: toFactShape(RATES),
  ops_entry: toFactShape(OPS),
  invoice_line: toFactShape(INVOICES),
  hosted_usage: toFactShape(HOSTED_USAGE),
} as const;
