/** Converts Anthropic's daily cost and usage reports to charges and token counts by model. */

import { decimal, exact, multiply } from '../../domain/exact.ts';
import type { HostedUsage } from '../../domain/hostedUsage.ts';
import { dayText, type Period } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import type { AnswerFacts } from '../api.ts';
import {
  type DayReportOptions,
  toHostedCharges,
  type HostedLine,
  joinKey,
  readDayBuckets,
  sumHostedUsage,
  completeDays,
} from '../hostedBill.ts';
import {
  anthropicCostBucket,
  type AnthropicCostResult,
  anthropicCostResult,
  anthropicUsageBucket,
} from './wire.ts';
import { type AnthropicUsageResult, anthropicUsageResult } from './wire.ts';

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
    ...completeDays({ before, told: context.knownDays }, trouble.rejects.length),
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
