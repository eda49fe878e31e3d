/** Schemas of Fireworks' API responses; only these fields are stored. */

import { z } from 'zod';
import { type Exact, exact } from '../../domain/exact.ts';
import { listOf } from '../../platform/readFields.ts';
import { decimalText, instant } from '../../platform/wire.ts';
import { labelText, nameText } from '../fieldTypes.ts';
import { tokenCount } from '../hostedBill.ts';

/**
 * `google.type.Money`: whole units and billionths of the same sign, both omitted when 0.
 * `{"currencyCode": "USD", "units": "1", "nanos": 33292280}` is $1.03329228.
 */
const money = z
  .object({
    currencyCode: labelText,
    units: decimalText.optional(),
    nanos: decimalText.optional(),
  })
  .transform(({ currencyCode, units = '0', nanos = '0' }, context): Exact => {
    const fault = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
      return z.NEVER;
    };
    if (currencyCode.toUpperCase() !== 'USD') return fault('currencyCode', 'expected USD');
    if (!/^-?\d{1,9}$/.test(units)) return fault('units', 'expected whole dollars');
    if (!/^-?\d{1,9}$/.test(nanos)) return fault('nanos', 'expected billionths of a dollar');
    const [dollars, billionths] = [BigInt(units), BigInt(nanos)];
    if (dollars * billionths < 0n) return fault('nanos', 'expected the sign of the units');
    return exact(dollars * 1_000_000_000n + billionths, 1_000_000_000n);
  });

export const account = z.object({ name: nameText });
export const accountsAnswer = z.object({
  accounts: listOf(account).nullish(),
  nextPageToken: z.string().nullish(),
});

export const costRow = z.object({
  dimensions: z.object({ startTime: instant, model: labelText.nullish() }),
  subtotal: money,
});
export const costsAnswer = z.object({
  rows: listOf(costRow).nullish(),
  nextPageToken: z.string().nullish(),
});

export const lineItem = z.object({ series: labelText.nullish(), totalCost: money });
export const summaryAnswer = z.object({ lineItems: listOf(lineItem).nullish() });

export const usageRow = z.object({
  modelName: labelText.nullish(),
  group: z.object({ model_name: labelText.nullish() }).nullish(),
  promptTokens: tokenCount,
  cachedPromptTokens: tokenCount.nullish(),
  completionTokens: tokenCount,
  startTime: instant,
  endTime: instant,
});
export type UsageRow = z.output<typeof usageRow>;
export const usageAnswer = z.object({ serverlessCosts: listOf(usageRow).nullish() });
