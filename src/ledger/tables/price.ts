/** The tables of dated prices: hosted APIs and their availability, GPU rates, exchange rates. */

import { PRICING_CLASSES } from '../../domain/charge.ts';
import { primaryKey, sqliteTable, text } from '../store.ts';
import { flag, money, real, integer } from './column.ts';
import { provenance, undoRef } from './provenance.ts';

export const priceSnapshots = sqliteTable(
  'price_snapshot',
  {
    sourceId: text('source_id').notNull(),
    model: text('model').notNull(),
    tiers: text('tiers').notNull().default(''),
    takenAtMs: integer('taken_at_ms').notNull(),
    ...provenance(),
  },
  (table) => [primaryKey({ columns: [table.sourceId, table.model, table.tiers, table.takenAtMs] })],
);

export const hostedPrices = sqliteTable(
  'hosted_price',
  {
    sourceId: text('source_id').notNull(),
    model: text('model').notNull(),
    host: text('host').notNull(),
    quantization: text('quantization').notNull(),
    serviceTier: text('service_tier').notNull().default(''),
    validFromMs: integer('valid_from_ms').notNull(),
    version: integer('version').notNull(),
    hostName: text('host_name'),
    inputPerMtok: money('input_nano_usd_per_mtok'),
    cachedInputPerMtok: money('cached_input_nano_usd_per_mtok'),
    cacheWritePerMtok: money('cache_write_nano_usd_per_mtok'),
    outputPerMtok: money('output_nano_usd_per_mtok'),
    perRequest: money('request_nano_usd'),
    overridesJson: text('overrides_json'),
    contextLength: integer('context_length'),
    free: flag('free').notNull(),
    offered: flag('offered').notNull(),
    secondHand: flag('second_hand'),
    region: text('region'),
    dataPolicy: text('data_policy'),
    supportsJson: text('supports_json'),
    ...provenance(),
    undoRef: undoRef(),
    withdrawn: flag('withdrawn').notNull().default(false),
  },
  (table) => [
    primaryKey({
      columns: [
        table.sourceId,
        table.model,
        table.host,
        table.quantization,
        table.serviceTier,
        table.validFromMs,
        table.version,
      ],
    }),
  ],
);

export const hostAvailability = sqliteTable(
  'host_availability',
  {
    sourceId: text('source_id').notNull(),
    model: text('model').notNull(),
    host: text('host').notNull(),
    observedAtMs: integer('observed_at_ms').notNull(),
    version: integer('version').notNull(),
    uptimeMillionths: integer('uptime_millionths'),
    healthy: flag('healthy').notNull(),
    ...provenance(),
    latencyMs: integer('latency_ms'),
    tokensPerSecond: real('tokens_per_second'),
  },
  (table) => [
    primaryKey({
      columns: [table.sourceId, table.model, table.host, table.observedAtMs, table.version],
    }),
  ],
);

export const gpuRates = sqliteTable(
  'gpu_rate',
  {
    sourceId: text('source_id').notNull(),
    provider: text('provider').notNull(),
    gpuType: text('gpu_type').notNull(),
    pricingClass: text('pricing_class', { enum: PRICING_CLASSES }).notNull(),
    validFromMs: integer('valid_from_ms').notNull(),
    version: integer('version').notNull(),
    usdPerGpuHour: money('nano_usd_per_gpu_hour').notNull(),
    ...provenance(),
    undoRef: undoRef(),
    withdrawn: flag('withdrawn').notNull().default(false),
    secondHand: flag('second_hand'),
    regionsJson: text('regions_json'),
  },
  (table) => [
    primaryKey({
      columns: [
        table.sourceId,
        table.provider,
        table.gpuType,
        table.pricingClass,
        table.validFromMs,
        table.version,
      ],
    }),
  ],
);

export const exchangeRates = sqliteTable(
  'exchange_rate',
  {
    sourceId: text('source_id').notNull(),
    currency: text('currency').notNull(),
    monthMs: integer('month_ms').notNull(),
    version: integer('version').notNull(),
    usdNum: text('usd_num').notNull(),
    usdDen: text('usd_den').notNull(),
    withdrawn: flag('withdrawn').notNull().default(false),
    ...provenance(),
    undoRef: undoRef(),
  },
  (table) => [
    primaryKey({ columns: [table.currency, table.monthMs, table.sourceId, table.version] }),
  ],
);
