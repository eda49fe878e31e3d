/** The tables of costs: charges, their days, invoices, resources and worked hours. */

import {
  CHARGE_CATEGORIES,
  COMMITMENT_STATUSES,
  PRICING_CLASSES,
  RESOURCE_KINDS,
} from '../../domain/charge.ts';
import { primaryKey, sqliteTable, text } from '../store.ts';
import { flag, money, rowRef, integer } from './column.ts';
import { fetches, provenance, undoRef } from './provenance.ts';

export const charges = sqliteTable('charge', {
  chargeRef: rowRef('charge_ref'),
  sourceId: text('source_id').notNull(),
  key: text('charge_key').notNull(),
  version: integer('version').notNull(),
  resourceId: text('resource_id').notNull(),
  resourceName: text('resource_name'),
  category: text('category', { enum: CHARGE_CATEGORIES }).notNull(),
  pricingClass: text('pricing_class', { enum: PRICING_CLASSES }).notNull(),
  startMs: integer('start_ms').notNull(),
  endMs: integer('end_ms').notNull(),
  billedNanoUsd: money('billed_nano_usd').notNull(),
  listNanoUsd: money('list_nano_usd'),
  effectiveNanoUsd: money('effective_nano_usd'),
  quantityNum: text('quantity_num'),
  quantityDen: text('quantity_den'),
  unit: text('unit'),
  gpuType: text('gpu_type'),
  gpuCount: integer('gpu_count'),
  basis: text('basis', { enum: ['billed', 'estimated'] }).notNull(),
  tagsJson: text('tags_json'),
  withdrawn: flag('withdrawn').notNull(),
  ...provenance(),
  undoRef: undoRef(),
  leftOut: text('left_out'),
  rebuiltFrom: text('rebuilt_from', { enum: ['list', 'negotiated'] }),
  originalCurrency: text('original_currency'),
  originalAmount: text('original_amount'),
  originalList: text('original_list'),
  originalEffective: text('original_effective'),
  invoiceId: text('invoice_id'),
  invoiceIssuedMs: integer('invoice_issued_ms'),
  commitmentId: text('commitment_id'),
  commitmentStatus: text('commitment_status', { enum: COMMITMENT_STATUSES }),
  rateRef: integer('rate_ref').references(() => fetches.fetchRef),
});

export const chargeDays = sqliteTable(
  'charge_day',
  {
    dayMs: integer('day_ms').notNull(),
    chargeRef: integer('charge_ref')
      .notNull()
      .references(() => charges.chargeRef),
    billedNanoUsd: money('billed_nano_usd').notNull(),
  },
  (table) => [primaryKey({ columns: [table.dayMs, table.chargeRef] })],
);

export const spendDays = sqliteTable(
  'spend_day',
  {
    day: text('day').notNull(),
    dayMs: integer('day_ms').notNull(),
    sourceId: text('source_id').notNull(),
    resourceId: text('resource_id').notNull(),
    category: text('category', { enum: CHARGE_CATEGORIES }).notNull(),
    pricingClass: text('pricing_class', { enum: PRICING_CLASSES }).notNull(),
    named: flag('named').notNull(),
    resourceName: text('resource_name').notNull(),
    billedNanoUsd: money('billed_nano_usd').notNull(),
    charges: integer('charges').notNull(),
  },
  ({ day, sourceId, resourceId, category, pricingClass, named, resourceName }) => [
    primaryKey({
      columns: [day, sourceId, resourceId, category, pricingClass, named, resourceName],
    }),
  ],
);

export const resourcesSeen = sqliteTable(
  'resource_seen',
  {
    sourceId: text('source_id').notNull(),
    resourceId: text('resource_id').notNull(),
    seenAtMs: integer('seen_at_ms').notNull(),
    version: integer('version').notNull(),
    kind: text('kind', { enum: RESOURCE_KINDS }).notNull(),
    name: text('name').notNull(),
    gpuType: text('gpu_type'),
    gpuCount: integer('gpu_count'),
    nanoUsdPerHour: money('nano_usd_per_hour'),
    status: text('status'),
    ...provenance(),
  },
  (table) => [
    primaryKey({ columns: [table.sourceId, table.resourceId, table.seenAtMs, table.version] }),
  ],
);

export const invoiceLines = sqliteTable(
  'invoice_line',
  {
    sourceId: text('source_id').notNull(),
    key: text('line_key').notNull(),
    version: integer('version').notNull(),
    invoiceId: text('invoice_id').notNull(),
    issuedMs: integer('issued_ms'),
    startMs: integer('start_ms').notNull(),
    endMs: integer('end_ms').notNull(),
    amountNanoUsd: money('amount_nano_usd'),
    resourceId: text('resource_id'),
    category: text('category', { enum: CHARGE_CATEGORIES }),
    withdrawn: flag('withdrawn').notNull().default(false),
    ...provenance(),
    undoRef: undoRef(),
    originalCurrency: text('original_currency'),
    originalAmount: text('original_amount'),
  },
  (table) => [primaryKey({ columns: [table.sourceId, table.key, table.version] })],
);

export const opsEntries = sqliteTable(
  'ops_entry',
  {
    sourceId: text('source_id').notNull(),
    key: text('entry_key').notNull(),
    version: integer('version').notNull(),
    dayMs: integer('day_ms').notNull(),
    deployment: text('deployment'),
    workedMs: integer('worked_ms').notNull(),
    note: text('note'),
    ...provenance(),
    undoRef: undoRef(),
    withdrawn: flag('withdrawn').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.sourceId, table.key, table.version] })],
);
