/** Schemas of Fireworks' API responses; only these fields are stored. */

import { z } from 'zod';
import { type Exact, exact } from '../../domain/exact.ts';
import { recordList } from '../../platform/readFields.ts';
import { decimalText, instantMsSchema } from '../../platform/wire.ts';
import { freeText, providerName } from '../fieldTypes.ts';
import { tokenCountField } from '../hostedBill.ts';

/**
 * `google.type.Money`: whole units and billionths of the same sign, both omitted when 0.
 * `{"currencyCode": "USD", "units": "1", "nanos": 33292280}` is $1.03329228.
 */
const money = z
  .object({
    currencyCode: freeText,
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

export const account = z.object({ name: providerName });
export const accountsAnswer = z.object({
  accounts: recordList(account).nullish(),
  nextPageToken: z.string().nullish(),
});

export const costRow = z.object({
  dimensions: z.object({ startTime: instantMsSchema, model: freeText.nullish() }),
  subtotal: money,
});
export const fireworksCostsAnswer = z.object({
  rows: recordList(costRow).nullish(),
  nextPageToken: z.string().nullish(),
});

export const lineItem = z.object({ series: freeText.nullish(), totalCost: money });
export const fireworksSummaryAnswer = z.object({ lineItems: recordList(lineItem).nullish() });

export const fireworksUsageRow = z.object({
  modelName: freeText.nullish(),
  group: z.object({ model_name: freeText.nullish() }).nullish(),
  promptTokens: tokenCountField,
  cachedPromptTokens: tokenCountField.nullish(),
  completionTokens: tokenCountField,
  startTime: instantMsSchema,
  endTime: instantMsSchema,
});
export type FireworksUsageRow = z.output<typeof fireworksUsageRow>;
export const fireworksUsageAnswer = z.object({
  serverlessCosts: recordList(fireworksUsageRow).nullish(),
});
