/** Schemas of CoreWeave's API responses; only these fields are stored. */

import { z } from 'zod';
import { decimal, isZero } from '../../domain/exact.ts';
import { HOUR_MS } from '../../domain/period.ts';
import { listOf } from '../../platform/readFields.ts';
import { instant } from '../../platform/wire.ts';
import { idText, labelText, nameText, quantityText } from '../fieldTypes.ts';

const quantity = quantityText.refine((text) => Number(text) >= 0, {
  error: 'expected a quantity of 0 or more',
});

/** One hour of one SKU, in one zone and cluster or on one capacity plan. */
const usageFields = z.object({
  ChargePeriodStart: instant,
  ChargePeriodEnd: instant.nullish(),
  SkuId: nameText,
  PricingQuantity: quantity.nullish(),
  PricingUnit: nameText.nullish(),
  /** FOCUS uses the consumed quantity where there is no pricing quantity. */
  ConsumedQuantity: quantity.nullish(),
  ConsumedUnit: nameText.nullish(),
  ServiceName: labelText.nullish(),
  RegionId: labelText.nullish(),
  x_ClusterId: labelText.nullish(),
  x_ClusterName: labelText.nullish(),
  x_ProductFamily: labelText.nullish(),
  x_CapacityPlan: labelText.nullish(),
  /** Announced for a later release; read only to detect its arrival. */
  BilledCost: quantityText.nullish(),
});

export const usageRow = usageFields.transform((row, context) => {
  const isPriced = given(row.PricingQuantity) !== undefined;
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
    zone: given(row.RegionId),
    clusterId: given(row.x_ClusterId),
    clusterName: given(row.x_ClusterName),
    product: given(row.x_ProductFamily) ?? given(row.ServiceName) ?? '',
    plan: given(row.x_CapacityPlan),
    hasCost: row.BilledCost ? !isZero(decimal(row.BilledCost)) : false,
  };
});
export type UsageRow = z.output<typeof usageRow>;

/** The value, or `undefined` if it is null or an empty string. */
export function given<T>(value: T | null | undefined): T | undefined {
  return value === null || value === '' ? undefined : value;
}

/** Page frame of both views. */
export const usageFrame = z.object({
  data: z.array(z.unknown()),
  next_page_token: z.string().nullish(),
});
const rows = { data: listOf(usageFields) };
export const planAnswer = usageFrame.extend(rows);
/** With the time up to which usage is complete, whose format is not documented. */
export const usageAnswer = usageFrame.extend({ ...rows, data_as_of: labelText.nullish() });
export const asOfFrame = z.object({ data_as_of: z.unknown().optional() });

export const cluster = z.object({
  id: idText,
  name: labelText.nullish(),
  status: labelText.nullish(),
});
export const clustersFrame = z.object({ items: z.array(z.unknown()) });
export const clustersAnswer = z.object({ items: listOf(cluster) });
