/** Converts Fireworks' costs and usage to charges by day and model, and to token counts. */

import { z } from 'zod';
import type { Charge, ChargeCategory } from '../../domain/charge.ts';
import { add, type Exact, exact, isZero, subtract, sum, ZERO } from '../../domain/exact.ts';
import { type HostedUsage, MODEL_TAG } from '../../domain/usage.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, dayStartMs, dayText, type Period } from '../../domain/period.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import type { AnswerFacts } from '../api.ts';
import { joinKey, sumHostedUsage, tokenCountField } from '../hostedBill.ts';
import { readRecords, toReject } from '../records.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { decimalText, instantMsSchema } from '../../platform/responseSchemas.ts';
import { freeText, providerName } from '../fieldTypes.ts';

/** Key prefix of the charges. */
const COSTS_PREFIX = 'costs/';

/** US dollars of serverless models, by start of day and model. */
export type ModelCosts = Map<number, Map<string, Exact>>;

/**
 * Adds each model's cost per day to `costs`. `readDay` turns them into charges with the day's bill.
 */
export function addModelCosts(
  records: Iterable<unknown>,
  window: Period,
  costs: ModelCosts,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, costRow, (row) => row);
  const rejects: Reject[] = [...trouble.rejects];
  for (const { position, fact } of facts) {
    const { startTime, model } = fact.dimensions;
    if (startTime < window.startMs || startTime >= window.endMs) {
      const reason = 'dimensions.startTime: expected a time inside the requested period';
      rejects.push(toReject(position, fact.dimensions, reason));
    } else if (model) {
      const day = costs.get(dayStartMs(startTime)) ?? new Map<string, Exact>();
      if (day.has(model)) {
        const reason = 'duplicate day and model; only the first one was used';
        rejects.push(toReject(position, fact.dimensions, reason));
        continue;
      }
      day.set(model, fact.subtotal);
      costs.set(dayStartMs(startTime), day);
    }
  }
  return { ...trouble, rejects };
}

function categoryOf(series: string): ChargeCategory {
  if (/dedicated|deployment|accelerator|gpu/i.test(series)) return 'compute';
  return /train|tun/i.test(series) ? 'fee' : 'hosted';
}

export interface DayBillContext {
  readonly sourceId: string;
  readonly day: Period;
  /** US dollars of serverless models on this day, as far as known by model. */
  readonly byModel: ReadonlyMap<string, Exact>;
}

/**
 * Reads the bill of a day: one charge per series, and serverless models one by one. The part of a
 * line that no model explains stays a charge of its own, so that the charges sum to the line.
 */
export function readDayBill(
  records: Iterable<unknown>,
  { sourceId, day, byModel }: DayBillContext,
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, lineItem, (item) => item);
  const lines = new Map<string, { position: number; usd: Exact }>();
  for (const { position, fact } of facts) {
    const series = fact.series || 'SERVERLESS';
    const usd = add(lines.get(series)?.usd ?? ZERO, fact.totalCost);
    lines.set(series, { position: lines.get(series)?.position ?? position, usd });
  }
  const charges: Located<Charge>[] = [];
  const place = { sourceId, day };
  for (const [series, { position, usd }] of lines) {
    const models = series === 'SERVERLESS' ? [...byModel] : [];
    for (const [model, part] of models) {
      charges.push({ position, fact: chargeOf({ ...place, series, model, usd: part }) });
    }
    const rest = subtract(usd, sum(models.map(([, part]) => part)));
    if (!isZero(rest)) charges.push({ position, fact: chargeOf({ ...place, series, usd: rest }) });
  }
  if (trouble.rejects.length > 0) return { charges, ...trouble, window: day };
  const completeFor = { keyPrefix: COSTS_PREFIX, window: day };
  return { charges, ...trouble, window: day, completeFor };
}

interface Line extends Omit<DayBillContext, 'byModel'> {
  readonly series: string;
  readonly model?: string;
  readonly usd: Exact;
}

function chargeOf({ sourceId, day, series, model, usd }: Line): Charge {
  const category = categoryOf(series);
  const isHosted = category === 'hosted';
  return {
    sourceId,
    key: COSTS_PREFIX + joinKey(dayText(day.startMs), series, ...(model ? [model] : [])),
    resourceId: model ?? series,
    category,
    pricingClass: isHosted ? 'serverless' : 'on-demand',
    ...(isHosted ? {} : { isClassPresumed: true as const }),
    period: day,
    billed: nanoFromUsd(usd),
    basis: 'billed',
    tags: { series, ...(model === undefined ? {} : { [MODEL_TAG]: model }) },
  };
}

/** Reads the tokens of serverless models by day. */
export function readFireworksUsage(
  records: Iterable<unknown>,
  { sourceId, window }: { readonly sourceId: string; readonly window: Period },
): AnswerFacts {
  const { facts, ...trouble } = readRecords(records, fireworksUsageRow, (row) => row);
  const rejects: Reject[] = [...trouble.rejects];
  const rows: Located<HostedUsage>[] = [];
  for (const { position, fact } of facts) {
    const usage = usageOf(fact, { sourceId, window });
    if (typeof usage === 'string') rejects.push(toReject(position, fact, usage));
    else rows.push({ position, fact: usage });
  }
  const whole = rejects.length === 0 ? { hostedUsageFor: { window } } : {};
  return { hostedUsage: sumHostedUsage(rows), ...trouble, rejects, ...whole };
}

function usageOf(
  row: FireworksUsageRow,
  { sourceId, window }: { readonly sourceId: string; readonly window: Period },
): HostedUsage | string {
  const { startTime: startMs, endTime: endMs, promptTokens, completionTokens } = row;
  const cached = row.cachedPromptTokens ?? undefined;
  if (startMs >= endMs || startMs < window.startMs || endMs > window.endMs) {
    return 'startTime: expected a time inside the requested period';
  }
  if (cached !== undefined && cached > promptTokens) {
    return 'cachedPromptTokens: expected at most the number of prompt tokens';
  }
  if (startMs !== dayStartMs(startMs)) return 'startTime: expected a day in UTC';
  // The end of a day may be its last moment or the start of the next day.
  const isDay = endMs <= startMs + DAY_MS;
  return {
    sourceId,
    model: row.modelName || row.group?.model_name || 'unknown',
    period: { startMs, endMs: isDay ? startMs + DAY_MS : endMs },
    uncachedPromptTokens: promptTokens - (cached ?? 0),
    ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
    outputTokens: completionTokens,
  };
}

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

const costRow = z.object({
  dimensions: z.object({ startTime: instantMsSchema, model: freeText.nullish() }),
  subtotal: money,
});
export const fireworksCostsAnswer = z.object({
  rows: recordList(costRow).nullish(),
  nextPageToken: z.string().nullish(),
});

const lineItem = z.object({ series: freeText.nullish(), totalCost: money });
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
