/** Pulls an OpenAI organization's daily costs, then the usage of each product. */

import { z } from 'zod';
import { decimal } from '../../domain/exact.ts';
import { DAY_MS, dayText, type Period, SECOND_MS } from '../../domain/period.ts';
import type { Located } from '../../domain/provenance.ts';
import type { HostedUsage } from '../../domain/usage.ts';
import { wholeNumber } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import {
  type AnswerFacts,
  type Api,
  type ApiPull,
  type ApiQuestion,
  bearerAuth,
  hintsFor,
  question,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { freeText, quantityField, usdAmount } from '../fieldTypes.ts';
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
import type { OpenaiOptions } from './options.ts';

const api: Api<OpenaiOptions> = {
  kind: 'openai',
  auth: bearerAuth(({ adminKey }) => adminKey),
  questions,
};

export const pull = createPull(api);

/** Products with token counts, and the fields to group each by. */
const PRODUCTS = [
  { name: 'completions', groupBy: ['model', 'batch', 'service_tier'] },
  { name: 'embeddings', groupBy: ['model'] },
  { name: 'moderations', groupBy: ['model'] },
] as const;

/** Days per page, the API's maximum. */
const COST_DAYS = 180;
const USAGE_DAYS = 31;

function* questions(pull: ApiPull<OpenaiOptions>): Generator<ApiQuestion> {
  if (!requestsFact(pull.request, 'charges')) return;
  for (const window of dayWindows(pull, COST_DAYS)) yield costsQuestion(pull.id, window);
  let isRead = false;
  const onRead = () => {
    isRead = true;
  };
  for (const product of PRODUCTS) {
    // If completions fail too, the other products are not missing but unreadable.
    if (product.name !== 'completions' && !isRead) return;
    for (const window of dayWindows(pull, USAGE_DAYS)) {
      yield usageQuestion({ sourceId: pull.id, span: window, onRead }, product);
    }
  }
}

function dailyQuestion(
  window: Period,
  { days, groupBy }: { days: number; groupBy: readonly string[] },
) {
  return {
    span: {
      window,
      bucketMs: DAY_MS,
      query: ({ startMs, endMs }: Period) => ({
        start_time: String(startMs / SECOND_MS),
        end_time: String(endMs / SECOND_MS),
        bucket_width: '1d',
        limit: String(days),
        group_by: [...groupBy],
      }),
    },
    pages: { first: {}, next: (body: PagedBody) => findNextPage('OpenAI', body) },
    expects: 'data',
    explain: hintsFor({ auth: ADMIN_KEY, forbidden: ADMIN_KEY }),
  };
}

function costsQuestion(sourceId: string, span: Period): ApiQuestion {
  const knownDays = new Set<number>();
  return question({
    kind: 'openai.costs',
    path: ['organization', 'costs'],
    ...dailyQuestion(span, { days: COST_DAYS, groupBy: ['line_item', 'project_id'] }),
    answer: costsAnswer,
    read: (_body, { window, ...answer }) =>
      readCosts(answer.items(), { sourceId, window, knownDays }),
  });
}

interface UsageContext {
  readonly sourceId: string;
  readonly span: Period;
  readonly onRead: () => void;
}

function usageQuestion(
  { sourceId, span, onRead }: UsageContext,
  { name, groupBy }: (typeof PRODUCTS)[number],
): ApiQuestion {
  const knownDays = new Set<number>();
  const hasOutput = name === 'completions';
  return question({
    kind: `openai.usage.${name}`,
    path: ['organization', 'usage', name],
    ...dailyQuestion(span, { days: USAGE_DAYS, groupBy }),
    answer: usageAnswer,
    read: (_body, { window, ...answer }) => {
      onRead();
      return readUsage(answer.items(), { sourceId, window, knownDays, hasOutput });
    },
    // 404 means that the organization does not have this product.
    ...(hasOutput ? {} : { isEmpty: ({ code }) => code === 'not-found' }),
  });
}

const ADMIN_KEY =
  'use an admin key of the organization (it begins with sk-admin-); a project key may not ' +
  'read costs';

/** Key prefix of the charges. */
const COSTS_PREFIX = 'costs/';

/** Reads costs of all products of an organization. Lines that repeat on a day are summed. */
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
  return hostedCosts(lines, trouble, { keyPrefix: COSTS_PREFIX, window: context.window });
}

function lineOf(item: CostResult, day: Period): Omit<HostedLine, 'sourceId' | 'usd'> {
  const { line_item: named, project_id: project, quantity, quantity_unit: unit } = item;
  return {
    key: COSTS_PREFIX + joinKey(named, project, dayText(day.startMs)),
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
function readUsage(
  records: Iterable<unknown>,
  { sourceId, hasOutput, ...context }: DayReportOptions & { readonly hasOutput: boolean },
): AnswerFacts {
  const rows: Located<HostedUsage>[] = [];
  const before = new Set(context.knownDays);
  const trouble = readDayBuckets(records, {
    ...context,
    bucket: usageBucket,
    result: usageResult,
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

function tokensOf(item: UsageResult) {
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

function tierOf({ batch, service_tier: tier }: UsageResult): Pick<HostedUsage, 'serviceTier'> {
  if (batch === true) return { serviceTier: 'batch' };
  return STANDARD.test(tier ?? '') ? {} : { serviceTier: tier ?? '' };
}

/** `input_tokens` includes the tokens read from and written to the cache. */
const usageResult = z.object({
  input_tokens: tokenCountField,
  input_cached_tokens: tokenCountField.nullish(),
  input_cache_write_tokens: tokenCountField.nullish(),
  output_tokens: tokenCountField.nullish(),
  num_model_requests: tokenCountField.nullish(),
  model: freeText.nullish(),
  batch: z.boolean().nullish(),
  service_tier: freeText.nullish(),
});
type UsageResult = z.output<typeof usageResult>;

/** The amount is a number in the specification, and a string in responses since May 2026. */
const costResult = z.object({
  amount: z.object({ value: usdAmount, currency: freeText.nullish() }),
  line_item: freeText.nullish(),
  project_id: freeText.nullish(),
  quantity: quantityField.nullish(),
  quantity_unit: freeText.nullish(),
});
type CostResult = z.output<typeof costResult>;

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

const usageBucket = bucketOf(usageResult);
const usageAnswer = z.object({ data: recordList(usageBucket), ...pagingFields });
const costBucket = bucketOf(costResult);
const costsAnswer = z.object({ data: recordList(costBucket), ...pagingFields });
