/** Converts Anthropic's daily cost and usage reports to charges and token counts by model. */

import { z } from 'zod';
import { decimal, exact, multiply } from '../../domain/exact.ts';
import type { HostedUsage } from '../../domain/usage.ts';
import { dayText, type Period } from '../../domain/period.ts';
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
import { instantMsSchema } from '../../platform/responseSchemas.ts';
import { freeText, usdAmount } from '../fieldTypes.ts';

/** Key prefix of the charges. */
export const ANTHROPIC_COSTS_PREFIX = 'costs/';

const CENT = exact(1n, 100n);

/** Reads lines of the cost report. Lines that repeat on a day are summed. */
export function readAnthropicCosts(
  records: Iterable<unknown>,
  { sourceId, ...context }: DayReportOptions,
): AnswerFacts {
  const lines: Located<HostedLine>[] = [];
  const trouble = readDayBuckets(records, {
    ...context,
    bucket: anthropicCostBucket,
    result: anthropicCostResult,
    take(item, { position, day }) {
      const { amount, currency } = item;
      if (currency && currency.toUpperCase() !== 'USD') {
        return `currency: found ${currency}, expected USD`;
      }
      const usd = multiply(decimal(amount), CENT);
      lines.push({ position, fact: { ...lineOf(item, day), sourceId, usd } });
      return undefined;
    },
  });
  return { charges: toHostedCharges(lines), ...trouble };
}

function lineOf(item: AnthropicCostResult, day: Period): Omit<HostedLine, 'sourceId' | 'usd'> {
  const { workspace_id, description, model, cost_type, token_type } = item;
  const { service_tier, context_window, inference_geo } = item;
  const names = [workspace_id, description, model, cost_type, token_type, service_tier];
  return {
    key:
      ANTHROPIC_COSTS_PREFIX +
      joinKey(...names, context_window, inference_geo, dayText(day.startMs)),
    model: model || undefined,
    product: description || cost_type || 'anthropic',
    period: day,
    tags: { workspace_id, description, cost_type, token_type, service_tier },
  };
}

/** Reads token counts by model and tier. Priority tier usage is prepaid and in no cost report. */
export function readAnthropicUsage(
  records: Iterable<unknown>,
  { sourceId, ...context }: DayReportOptions,
): AnswerFacts {
  const rows: Located<HostedUsage>[] = [];
  const before = new Set(context.knownDays);
  const trouble = readDayBuckets(records, {
    ...context,
    bucket: anthropicUsageBucket,
    result: anthropicUsageResult,
    take(item, { position, day }) {
      const named = { sourceId, model: item.model || 'unknown', period: day };
      rows.push({ position, fact: { ...named, ...tokensOf(item) } });
      return undefined;
    },
  });
  const hostedUsage = sumHostedUsage(rows);
  const isPrior = hostedUsage.some(({ fact }) => fact.serviceTier?.startsWith('priority'));
  return {
    hostedUsage,
    ...trouble,
    warnings: [...trouble.warnings, ...(isPrior ? [PRIORITY] : [])],
    ...completeDays({ before, knownDays: context.knownDays }, trouble.rejects.length),
  };
}

const PRIORITY = { code: 'priority-tier-not-billed' } as const;

function tokensOf(item: AnthropicUsageResult) {
  const { cache_read_input_tokens: cached, cache_creation: written, service_tier: tier } = item;
  const five = written?.ephemeral_5m_input_tokens;
  const hour = written?.ephemeral_1h_input_tokens;
  const isWritten = typeof five === 'number' || typeof hour === 'number';
  return {
    ...(!tier || tier === 'standard' ? {} : { serviceTier: tier }),
    uncachedPromptTokens: item.uncached_input_tokens,
    ...(typeof cached === 'number' ? { cachedPromptTokens: cached } : {}),
    ...(isWritten ? { cacheWriteTokens: (five ?? 0) + (hour ?? 0) } : {}),
    outputTokens: item.output_tokens,
  };
}

/** The input counts are disjoint: uncached, read from the cache, and written to the cache. */
export const anthropicUsageResult = z.object({
  uncached_input_tokens: tokenCountField,
  cache_read_input_tokens: tokenCountField.nullish(),
  cache_creation: z
    .object({
      ephemeral_5m_input_tokens: tokenCountField.nullish(),
      ephemeral_1h_input_tokens: tokenCountField.nullish(),
    })
    .nullish(),
  output_tokens: tokenCountField,
  model: freeText.nullish(),
  service_tier: freeText.nullish(),
});
export type AnthropicUsageResult = z.output<typeof anthropicUsageResult>;

export const anthropicCostResult = z.object({
  /** In cents: `"123.45"` is $1.2345. */
  amount: usdAmount,
  currency: freeText.nullish(),
  cost_type: freeText.nullish(),
  description: freeText.nullish(),
  model: freeText.nullish(),
  token_type: freeText.nullish(),
  service_tier: freeText.nullish(),
  context_window: freeText.nullish(),
  inference_geo: freeText.nullish(),
  workspace_id: freeText.nullish(),
});
export type AnthropicCostResult = z.output<typeof anthropicCostResult>;

function bucketOf(result: z.ZodType) {
  return z
    .object({
      starting_at: instantMsSchema,
      ending_at: instantMsSchema,
      results: recordList(result),
    })
    .transform(
      (bucket): DayBucket => ({
        startMs: bucket.starting_at,
        endMs: bucket.ending_at,
        results: bucket.results,
      }),
    );
}

const anthropicUsageBucket = bucketOf(anthropicUsageResult);
export const anthropicUsageAnswer = z.object({
  data: recordList(anthropicUsageBucket),
  ...pagingFields,
});
const anthropicCostBucket = bucketOf(anthropicCostResult);
export const anthropicCostsAnswer = z.object({
  data: recordList(anthropicCostBucket),
  ...pagingFields,
});
