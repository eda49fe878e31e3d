/** Converts OpenAI's daily costs and usage to charges and token counts by model. */

import { z } from 'zod';
import { decimal } from '../../domain/exact.ts';
import type { HostedUsage } from '../../domain/usage.ts';
import { dayText, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import type { AnswerFacts } from '../api.ts';
import {
  completeDays,
  type DayBucket,
  type DayReportOptions,
  type HostedLine,
  joinKey,
  pagingFields,
  readDayBuckets,
  sumHostedUsage,
  toHostedCharges,
  tokenCountField,
} from '../hostedBill.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { wholeNumber } from '../../platform/responseSchemas.ts';
import { freeText, quantityField, usdAmount } from '../fieldTypes.ts';

/** Key prefix of the charges. */
export const OPENAI_COSTS_PREFIX = 'costs/';

/** Reads costs of all products of an organization. Lines that repeat on a day are summed. */
export function readOpenaiCosts(
  records: Iterable<unknown>,
  { sourceId, ...context }: DayReportOptions,
): AnswerFacts {
  const lines: Located<HostedLine>[] = [];
  const trouble = readDayBuckets(records, {
    ...context,
    bucket: openaiCostBucket,
    result: openaiCostResult,
    take(item, { position, day }) {
      const { value, currency } = item.amount;
      if (currency && currency.toLowerCase() !== 'usd') {
        return `amount.currency: found ${currency}, expected usd`;
      }
      const usd = decimal(value);
      // Credits have no quantity. A negative amount with a quantity is an error.
      if (usd.num < 0n && item.quantity && decimal(item.quantity).num > 0n) {
        return 'amount.value: expected an amount with the sign of the quantity';
      }
      lines.push({ position, fact: { ...lineOf(item, day), sourceId, usd } });
      return undefined;
    },
  });
  return { charges: toHostedCharges(lines), ...trouble };
}

function lineOf(item: OpenaiCostResult, day: Period): Omit<HostedLine, 'sourceId' | 'usd'> {
  const { line_item: named, project_id: project, quantity, quantity_unit: unit } = item;
  return {
    key: OPENAI_COSTS_PREFIX + joinKey(named, project, dayText(day.startMs)),
    model: modelOf(named),
    product: named || 'openai',
    period: day,
    quantity: quantity ? decimal(quantity) : undefined,
    unit: unit ?? undefined,
    tags: { line_item: named, project_id: project },
  };
}

/** The model before the comma in `gpt-5-mini, cached input`; none in `web search calls`. */
function modelOf(named: string | null | undefined): string | undefined {
  return /^(\S+), *[^,]*\b(?:input|output|cached?|tokens?)/i.exec(named ?? '')?.[1];
}

/** Reads token counts by model and tier of one product. Batch usage is a tier of its own. */
export function readOpenaiUsage(
  records: Iterable<unknown>,
  { sourceId, hasOutput, ...context }: DayReportOptions & { readonly hasOutput: boolean },
): AnswerFacts {
  const rows: Located<HostedUsage>[] = [];
  const before = new Set(context.knownDays);
  const trouble = readDayBuckets(records, {
    ...context,
    bucket: openaiUsageBucket,
    result: openaiUsageResult,
    take(item, { position, day }) {
      if (hasOutput && typeof item.output_tokens !== 'number') {
        return 'output_tokens: expected a number of tokens';
      }
      const tokens = tokensOf(item);
      if (typeof tokens === 'string') return tokens;
      const named = { sourceId, model: item.model || 'unknown', period: day };
      rows.push({ position, fact: { ...named, ...tierOf(item), ...tokens } });
      return undefined;
    },
  });
  const hostedUsage = sumHostedUsage(rows);
  return {
    hostedUsage,
    ...trouble,
    ...completeDays({ before, knownDays: context.knownDays }, trouble.rejects.length),
  };
}

function tokensOf(item: OpenaiUsageResult) {
  const { input_tokens: input, input_cached_tokens: cached } = item;
  const { input_cache_write_tokens: written, output_tokens: output } = item;
  const uncached = input - (cached ?? 0) - (written ?? 0);
  if (uncached < 0) return 'input_tokens: fewer than the tokens read from and written to the cache';
  const requests = item.num_model_requests ?? undefined;
  return {
    uncachedPromptTokens: uncached,
    ...(cached === null || cached === undefined ? {} : { cachedPromptTokens: cached }),
    ...(written === null || written === undefined ? {} : { cacheWriteTokens: written }),
    outputTokens: output ?? 0,
    ...(requests === undefined ? {} : { requests }),
  };
}

const STANDARD = /^(?:default|standard|auto|)$/i;

function tierOf({
  batch,
  service_tier: tier,
}: OpenaiUsageResult): Pick<HostedUsage, 'serviceTier'> {
  if (batch === true) return { serviceTier: 'batch' };
  return STANDARD.test(tier ?? '') ? {} : { serviceTier: tier ?? '' };
}

/** `input_tokens` includes the tokens read from and written to the cache. */
export const openaiUsageResult = z.object({
  input_tokens: tokenCountField,
  input_cached_tokens: tokenCountField.nullish(),
  input_cache_write_tokens: tokenCountField.nullish(),
  output_tokens: tokenCountField.nullish(),
  num_model_requests: tokenCountField.nullish(),
  model: freeText.nullish(),
  batch: z.boolean().nullish(),
  service_tier: freeText.nullish(),
});
export type OpenaiUsageResult = z.output<typeof openaiUsageResult>;

/** The amount is a number in the specification, and a string in responses since May 2026. */
export const openaiCostResult = z.object({
  amount: z.object({ value: usdAmount, currency: freeText.nullish() }),
  line_item: freeText.nullish(),
  project_id: freeText.nullish(),
  quantity: quantityField.nullish(),
  quantity_unit: freeText.nullish(),
});
export type OpenaiCostResult = z.output<typeof openaiCostResult>;

const times = { start_time: wholeNumber, end_time: wholeNumber };

/** Older responses name the list `result`. */
function bucketOf(result: z.ZodType) {
  const results = recordList(result);
  return z
    .object({ ...times, results: results.nullish(), result: recordList(result).nullish() })
    .refine((bucket) => bucket.results ?? bucket.result, {
      path: ['results'],
      error: 'expected a list',
    })
    .transform(
      (bucket): DayBucket => ({
        startMs: bucket.start_time * SECOND_MS,
        endMs: bucket.end_time * SECOND_MS,
        results: bucket.results ?? bucket.result ?? [],
      }),
    );
}

const openaiUsageBucket = bucketOf(openaiUsageResult);
export const openaiUsageAnswer = z.object({ data: recordList(openaiUsageBucket), ...pagingFields });
const openaiCostBucket = bucketOf(openaiCostResult);
export const openaiCostsAnswer = z.object({ data: recordList(openaiCostBucket), ...pagingFields });
