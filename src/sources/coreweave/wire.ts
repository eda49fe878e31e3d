/** Schemas of CoreWeave's API responses; only these fields are stored. */

import { z } from 'zod';
import { decimal, isZero } from '../../domain/exact.ts';
import { HOUR_MS } from '../../domain/period.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { instantMsSchema } from '../../platform/responseSchemas.ts';
import { providerId, freeText, providerName, quantityField } from '../fieldTypes.ts';

const quantity = quantityField.refine((text) => Number(text) >= 0, {
  error: 'expected a quantity of 0 or more',
});

/** One hour of one SKU, in one zone and cluster or on one capacity plan. */
const usageFields = z.object({
  ChargePeriodStart: instantMsSchema,
  ChargePeriodEnd: instantMsSchema.nullish(),
  SkuId: providerName,
  PricingQuantity: quantity.nullish(),
  PricingUnit: providerName.nullish(),
  /** FOCUS uses the consumed quantity where there is no pricing quantity. */
  ConsumedQuantity: quantity.nullish(),
  ConsumedUnit: providerName.nullish(),
  ServiceName: freeText.nullish(),
  RegionId: freeText.nullish(),
  x_ClusterId: freeText.nullish(),
  x_ClusterName: freeText.nullish(),
  x_ProductFamily: freeText.nullish(),
  x_CapacityPlan: freeText.nullish(),
  /** Announced for a later release; read only to detect its arrival. */
  BilledCost: quantityField.nullish(),
});

export const coreweaveUsageRow = usageFields.transform((row, context) => {
  const isPriced = presentValue(row.PricingQuantity) !== undefined;
  const amount = isPriced ? row.PricingQuantity : row.ConsumedQuantity;
  const unit = isPriced ? row.PricingUnit : row.ConsumedUnit;
  if (!amount || !unit) {
    const message = 'expected a quantity and its unit';
    context.addIssue({ code: 'custom', path: ['PricingQuantity'], message });
    return z.NEVER;
  }
  const { ChargePeriodStart: startMs, ChargePeriodEnd: end } = row;
  return {
    period: { startMs, endMs: end ?? startMs + HOUR_MS },
    sku: row.SkuId,
    quantity: decimal(amount),
    unit,
    zone: presentValue(row.RegionId),
    clusterId: presentValue(row.x_ClusterId),
    clusterName: presentValue(row.x_ClusterName),
    product: presentValue(row.x_ProductFamily) ?? presentValue(row.ServiceName) ?? '',
    plan: presentValue(row.x_CapacityPlan),
    hasCost: row.BilledCost ? !isZero(decimal(row.BilledCost)) : false,
  };
});
export type CoreweaveUsageRow = z.output<typeof coreweaveUsageRow>;

/** The value, or `undefined` if it is null or an empty string. */
export function presentValue<T>(value: T | null | undefined): T | undefined {
  return value === null || value === '' ? undefined : value;
}

export const coreweavePlanAnswer = z.object({
  data: recordList(usageFields),
  next_page_token: z.string().nullish(),
});
/** With the time up to which usage is complete, whose format is not documented. */
export const coreweaveUsageAnswer = coreweavePlanAnswer.extend({
  data_as_of: z.custom<unknown>().optional(),
});

export const coreweaveCluster = z.object({
  id: providerId,
  name: freeText.nullish(),
  status: freeText.nullish(),
});
export const coreweaveClustersAnswer = z.object({ items: recordList(coreweaveCluster) });
