/** Pulls an Anthropic organization's daily cost report, then its usage report. */

import { z } from 'zod';
import { decimal, exact, multiply } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { DAY_MS, dayText, instantText, type Period } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import type { HostedUsage } from '../../domain/usage.ts';
import { instantMsSchema } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import {
  type AnswerFacts,
  type Api,
  type ApiPull,
  type ApiQuestion,
  hintsFor,
  question,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { freeText, usdAmount } from '../fieldTypes.ts';
import {
  completeDays,
  type DayBucket,
  type DayReportOptions,
  dayWindows,
  findNextPage,
  hostedCosts,
  type HostedLine,
  joinKey,
  type PagedBody,
  pagingFields,
  readDayBuckets,
  sumHostedUsage,
  tokenCountField,
} from '../hostedBill.ts';
import { requestsFact } from '../source.ts';
import type { AnthropicOptions } from './options.ts';

const api: Api<AnthropicOptions> = {
  kind: 'anthropic',
  auth: {
    secrets: ({ adminKey }) => [adminKey.reveal()],
    headers: ([key = '']) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  },
  questions,
};

export const pull = createPull(api);

/** Days per page, the API's maximum. A window fits on one page, so no page cursor can expire. */
const PAGE_DAYS = 31;

function* questions(pull: ApiPull<AnthropicOptions>): Generator<ApiQuestion> {
  if (!requestsFact(pull.request, 'charges')) return;
  const windows = dayWindows(pull, PAGE_DAYS);
  for (const window of windows) yield costsQuestion(pull.id, window);
  for (const window of windows) yield usageQuestion(pull.id, window);
}

function dailyQuestion(window: Period, groupBy: readonly string[]) {
  return {
    span: {
      window,
      bucketMs: DAY_MS,
      query: ({ startMs, endMs }: Period) => ({
        starting_at: instantText(startMs),
        ending_at: instantText(endMs),
        bucket_width: '1d',
        limit: String(PAGE_DAYS),
        'group_by[]': [...groupBy],
      }),
    },
    pages: { first: {}, next: (body: PagedBody) => findNextPage('Anthropic', body) },
    expects: 'data',
    explain,
  };
}

function costsQuestion(sourceId: string, span: Period): ApiQuestion {
  const knownDays = new Set<number>();
  return question({
    kind: 'anthropic.cost_report',
    path: ['v1', 'organizations', 'cost_report'],
    ...dailyQuestion(span, ['workspace_id', 'description']),
    answer: costsAnswer,
    read: (_body, { window, ...answer }) =>
      readCosts(answer.items(), { sourceId, window, knownDays }),
  });
}

function usageQuestion(sourceId: string, span: Period): ApiQuestion {
  const knownDays = new Set<number>();
  return question({
    kind: 'anthropic.usage_report',
    path: ['v1', 'organizations', 'usage_report', 'messages'],
    ...dailyQuestion(span, ['model', 'service_tier']),
    answer: usageAnswer,
    read: (_body, { window, ...answer }) =>
      readUsage(answer.items(), { sourceId, window, knownDays }),
  });
}

function explain(failure: Failure): Failure {
  if (failure.status !== 410) return hintsFor({ auth: ADMIN_KEY, forbidden: ADMIN_KEY })(failure);
  const hint = 'the page cursor expired, so nothing was withdrawn; pull again';
  return new Failure('unavailable', failure.message, { hint, cause: failure });
}

const ADMIN_KEY =
  'use an admin key of the organization (it begins with sk-ant-admin); individual accounts ' +
  'have none';

/** Key prefix of the charges. */
const COSTS_PREFIX = 'costs/';

const CENT = exact(1n, 100n);

/** Reads lines of the cost report. Lines that repeat on a day are summed. */
function readCosts(
  records: Iterable<unknown>,
  { sourceId, ...context }: DayReportOptions,
): AnswerFacts {
  const lines: Located<HostedLine>[] = [];
  const trouble = readDayBuckets(records, {
    ...context,
    bucket: costBucket,
    result: costResult,
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
  return hostedCosts(lines, trouble, { keyPrefix: COSTS_PREFIX, window: context.window });
}

function lineOf(item: CostResult, day: Period): Omit<HostedLine, 'sourceId' | 'usd'> {
  const { workspace_id, description, model, cost_type, token_type } = item;
  const { service_tier, context_window, inference_geo } = item;
  const names = [workspace_id, description, model, cost_type, token_type, service_tier];
  return {
    key: COSTS_PREFIX + joinKey(...names, context_window, inference_geo, dayText(day.startMs)),
    model: model || undefined,
    product: description || cost_type || 'anthropic',
    period: day,
    tags: { workspace_id, description, cost_type, token_type, service_tier },
  };
}

/** Reads token counts by model and tier. Priority tier usage is prepaid and in no cost report. */
function readUsage(
  records: Iterable<unknown>,
  { sourceId, ...context }: DayReportOptions,
): AnswerFacts {
  const rows: Located<HostedUsage>[] = [];
  const before = new Set(context.knownDays);
  const trouble = readDayBuckets(records, {
    ...context,
    bucket: usageBucket,
    result: usageResult,
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

function tokensOf(item: UsageResult) {
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
const usageResult = z.object({
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
type UsageResult = z.output<typeof usageResult>;

const costResult = z.object({
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
type CostResult = z.output<typeof costResult>;

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

const usageBucket = bucketOf(usageResult);
const usageAnswer = z.object({ data: recordList(usageBucket), ...pagingFields });
const costBucket = bucketOf(costResult);
const costsAnswer = z.object({ data: recordList(costBucket), ...pagingFields });
