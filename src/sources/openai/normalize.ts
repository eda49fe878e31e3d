/** Converts OpenAI's daily costs and usage to charges and token counts by model. */

import { decimal } from '../../domain/exact.ts';
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
  openaiCostBucket,
  type OpenaiCostResult,
  openaiCostResult,
  openaiUsageBucket,
} from './wire.ts';
import { type OpenaiUsageResult, openaiUsageResult } from './wire.ts';

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
    ...completeDays({ before, told: context.knownDays }, trouble.rejects.length),
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
