/** Converts OpenRouter's activity and analytics rows to hosted charges and token counts. */

import { z } from 'zod';
import { decimal, isZero, ZERO } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { HostedUsage } from '../../domain/usage.ts';
import { decimalText, firstFaultText } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import type { AnswerFacts } from '../api.ts';
import { freeText, providerId, providerName, usdAmount } from '../fieldTypes.ts';
import {
  type HostedLine,
  joinKey,
  sumHostedUsage,
  toHostedCharges,
  tokenCountField,
} from '../hostedBill.ts';
import { readRows } from '../records.ts';

/** A UTC day, with or without a time after it. */
const utcDayText = z.string().regex(/^\d{4}-\d\d-\d\d(?:$|[T ])/, {
  error: 'expected a day like 2026-08-24',
});

/** One day of one endpoint of a model. Tokens are counted by the model's own tokenizer. */
const activityRow = z.object({
  date: utcDayText,
  model: providerName,
  model_permaslug: providerName,
  endpoint_id: providerId,
  provider_name: freeText.nullish(),
  usage: usdAmount,
  byok_usage_inference: usdAmount.nullish(),
  requests: tokenCountField.nullish(),
  prompt_tokens: tokenCountField,
  completion_tokens: tokenCountField,
  reasoning_tokens: tokenCountField.nullish(),
});
export const activityAnswer = z.object({ data: recordList(activityRow) });

const named = z.object({ name: providerName });
const metric = z.object({
  name: providerName,
  is_rate: z.boolean().nullish(),
  display_format: freeText.nullish(),
});
const meta = z.object({
  metrics: z.array(metric),
  dimensions: z.array(named),
  granularities: z.array(named),
});
type AnalyticsMeta = z.output<typeof meta>;
export const analyticsMetaAnswer = z.object({ data: meta });

/** A row has the requested metrics and dimensions, and its date in `date__day`. */
const analyticsRow = z.record(z.string(), z.union([decimalText, z.string()]).nullable());
export const analyticsAnswer = z.object({
  data: z.object({
    data: recordList(analyticsRow),
    metadata: z.object({ truncated: z.boolean() }),
  }),
});

/** Finds the wanted metrics and dimensions by name. */
export function findAnalyticsNames({
  metrics,
  dimensions,
  granularities,
}: AnalyticsMeta): AnalyticsNames | Failure {
  const sums = metrics.filter(({ is_rate: isRate }) => isRate !== true);
  const findMetric = (wanted: RegExp, unwanted: RegExp, format?: string) =>
    sums.find(
      ({ name, display_format: shown }) =>
        wanted.test(name) && !unwanted.test(name) && (format === undefined || shown === format),
    )?.name;
  const findDimension = (wanted: RegExp) => dimensions.find(({ name }) => wanted.test(name))?.name;
  const cost = findMetric(
    /usage|cost|spend|credit/i,
    /byok|upstream|discount|saving|cache/i,
    'currency',
  );
  const model = findDimension(/^model$/i) ?? findDimension(/^model/i);
  const isByDay = granularities.some(({ name }) => name === 'day');
  if (cost === undefined || model === undefined || !isByDay) {
    const message = 'the OpenRouter analytics API does not offer cost by model and day';
    return new Failure('malformed', message, {
      hint: 'spend older than 30 days is missing; import it from the activity export',
    });
  }
  const known = {
    provider: findDimension(/^provider/i),
    prompt: findMetric(/(?=.*token)(?=.*(?:prompt|input))/i, /cach|native|byok/i),
    completion: findMetric(/(?=.*token)(?=.*(?:completion|output))/i, /reason|native|byok/i),
    cached: findMetric(/(?=.*token)(?=.*cach)/i, /write|creat|native|byok/i),
    reasoning: findMetric(/(?=.*token)(?=.*reason)/i, /native|byok/i),
    requests: findMetric(/^(?:request_count|requests)$/i, /^$/),
    byok: findMetric(/byok/i, /token|request/i, 'currency'),
  };
  const found = Object.entries(known).filter(([, name]) => name !== undefined);
  return { cost, model, ...(Object.fromEntries(found) as Partial<AnalyticsNames>) };
}

/** Key prefix of the charges from activity and analytics. */
const SPEND_PREFIX = 'spend/';
/** Fetch kinds that report the same tokens. */
export const SPEND_KINDS = ['openrouter.activity', 'openrouter.analytics'] as const;

/** Names of the metrics and dimensions in analytics. */
export interface AnalyticsNames {
  readonly cost: string;
  readonly model: string;
  readonly provider?: string;
  readonly prompt?: string;
  readonly completion?: string;
  readonly cached?: string;
  readonly reasoning?: string;
  readonly requests?: string;
  readonly byok?: string;
}

export interface SpendContext {
  readonly sourceId: string;
  /** The days that a response may have. */
  readonly window: Period;
  /** Those of them that it has completely. */
  readonly sure: Period;
}

/** A row of activity or analytics. */
interface Spent {
  readonly date: string;
  readonly model: string;
  readonly host?: string | undefined;
  /** Distinguishes the row from others of its day. */
  readonly key: readonly string[];
  readonly usage: string;
  readonly byok?: string | undefined;
  readonly prompt?: number | undefined;
  readonly completion?: number | undefined;
  readonly cached?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly requests?: number | undefined;
  readonly tags?: HostedLine['tags'];
}

export function readActivity(records: Iterable<unknown>, context: SpendContext): AnswerFacts {
  return readSpent(records, context, (record) => {
    const read = activityRow.safeParse(record);
    if (!read.success) return firstFaultText(read.error);
    const { date, model, model_permaslug: slug, endpoint_id: endpoint, ...row } = read.data;
    return {
      date,
      model,
      host: row.provider_name || undefined,
      key: [endpoint, slug],
      usage: row.usage,
      byok: row.byok_usage_inference ?? undefined,
      prompt: row.prompt_tokens,
      completion: row.completion_tokens,
      reasoning: row.reasoning_tokens ?? undefined,
      requests: row.requests ?? undefined,
      tags: { model_permaslug: slug, provider_name: row.provider_name },
    };
  });
}

/** Reads analytics rows. Numbers may be in quotes; null means not reported. */
export function readAnalytics(
  records: Iterable<unknown>,
  { terms, ...context }: SpendContext & { readonly terms: AnalyticsNames },
): AnswerFacts {
  return readSpent(records, context, (record) => {
    const read = analyticsRow.safeParse(record);
    if (!read.success) return firstFaultText(read.error);
    const valueOf = (name: string | undefined) =>
      name === undefined ? undefined : (read.data[name] ?? undefined);
    const countOf = (name: string | undefined) => tokenCountField.safeParse(valueOf(name)).data;
    const date = utcDayText.safeParse(valueOf('date__day') ?? valueOf('date'));
    if (!date.success) return `date__day: ${firstFaultText(date.error)}`;
    const usage = usdAmount.safeParse(valueOf(terms.cost));
    if (!usage.success) return `${terms.cost}: ${firstFaultText(usage.error)}`;
    const named = providerName.safeParse(valueOf(terms.model));
    if (!named.success) return `${terms.model}: ${firstFaultText(named.error)}`;
    const provider = providerName.optional().safeParse(valueOf(terms.provider));
    if (!provider.success) return `${terms.provider}: ${firstFaultText(provider.error)}`;
    const [model, host] = [named.data, provider.data];
    return {
      date: date.data,
      model,
      host,
      key: [host ?? '', model],
      usage: usage.data,
      byok: valueOf(terms.byok),
      prompt: countOf(terms.prompt),
      completion: countOf(terms.completion),
      cached: countOf(terms.cached),
      reasoning: countOf(terms.reasoning),
      requests: countOf(terms.requests),
      tags: { provider_name: host },
    };
  });
}

function readSpent(
  records: Iterable<unknown>,
  { sourceId, window, sure }: SpendContext,
  rowOf: (record: unknown) => Spent | string,
): AnswerFacts {
  const seen = new Set<string>();
  const { facts, rejects, warnings } = readRows(records, (record) => {
    const row = rowOf(record);
    return typeof row === 'string' ? row : (faultIn(row, window, seen) ?? [row]);
  });
  const lines = facts.map(({ position, fact }) => ({ position, fact: lineOf(fact, sourceId) }));
  const usage = facts.flatMap(({ position, fact: row }) => {
    const fact = usageOf(row, sourceId);
    return fact === undefined ? [] : [{ position, fact }];
  });
  const read = { charges: toHostedCharges(lines), hostedUsage: sumHostedUsage(usage) };
  if (rejects.length > 0) return { ...read, rejects, warnings };
  // Activity and analytics replace each other's charges: they are the same money under other keys.
  const completeFor = { keyPrefix: SPEND_PREFIX, window: sure, replaces: true } as const;
  const hostedUsageFor = { window: sure, kinds: SPEND_KINDS };
  return { ...read, rejects, warnings, completeFor, hostedUsageFor };
}

function dayOf({ date }: Spent): Period {
  const startMs = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  return { startMs, endMs: startMs + DAY_MS };
}

function faultIn(row: Spent, window: Period, seen: Set<string>): string | undefined {
  const { startMs } = dayOf(row);
  // OpenRouter's clock may be a day ahead.
  if (!(startMs >= window.startMs && startMs < window.endMs)) {
    return 'date: expected a day inside the reported period';
  }
  const key = joinKey(row.date.slice(0, 10), ...row.key);
  if (seen.has(key)) return 'duplicate row; only the first one was used';
  seen.add(key);
  if (decimal(row.usage).num < 0n) return 'usage: expected 0 dollars or more';
  if ((row.reasoning ?? 0) > (row.completion ?? Infinity)) {
    return 'reasoning_tokens: expected at most the number of completion tokens';
  }
  if ((row.cached ?? 0) > (row.prompt ?? Infinity)) {
    return 'cached tokens: expected at most the number of prompt tokens';
  }
  return undefined;
}

/** A charge line. Spend through the user's own provider key becomes a tag and is not added. */
function lineOf(row: Spent, sourceId: string): HostedLine {
  const { model, usage, byok, tags = {} } = row;
  const paidElsewhere = isPaid(byok) ? { byok_usage_inference: byok } : {};
  return {
    sourceId,
    key: SPEND_PREFIX + joinKey(row.date.slice(0, 10), ...row.key),
    model,
    product: model,
    period: dayOf(row),
    usd: decimal(usage),
    tags: { ...tags, ...paidElsewhere },
  };
}

function isPaid(text: string | undefined): boolean {
  const read = decimalText.safeParse(text);
  return read.success && !isZero(decimal(read.data));
}

function usageOf(row: Spent, sourceId: string): HostedUsage | undefined {
  const { model, host, prompt, completion, cached, reasoning, requests, byok, usage } = row;
  if (prompt === undefined || completion === undefined) return undefined;
  const usd = nanoFromUsd(decimal(usage));
  const ownUsd = byok !== undefined && isPaid(byok) ? decimal(byok) : ZERO;
  const isOwnKey = ownUsd.num > 0n && nanoFromUsd(ownUsd) > usd;
  return {
    sourceId,
    model,
    ...(host === undefined ? {} : { host }),
    ...(isOwnKey ? { serviceTier: 'byok' } : {}),
    period: dayOf(row),
    uncachedPromptTokens: prompt - (cached ?? 0),
    ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
    outputTokens: completion,
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
    ...(requests === undefined ? {} : { requests }),
    usd,
  };
}
