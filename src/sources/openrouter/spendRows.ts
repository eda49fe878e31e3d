/** Converts OpenRouter's activity and analytics rows to hosted charges and token counts. */

import { z } from 'zod';
import { decimal, isZero } from '../../domain/exact.ts';
import type { HostedUsage } from '../../domain/usage.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { Located, Reject } from '../../domain/provenance.ts';
import { decimalText, firstFaultText } from '../../platform/responseSchemas.ts';
import type { AnswerFacts } from '../api.ts';
import { freeText, providerId, providerName, usdAmount } from '../fieldTypes.ts';
import {
  type HostedLine,
  joinKey,
  sumHostedUsage,
  toHostedCharges,
  tokenCountField,
} from '../hostedBill.ts';
import { REJECT_LIMIT, rejectWarnings, toReject } from '../records.ts';
import { recordList } from '../../platform/schemaFields.ts';

/** Key prefix of the charges from activity and analytics. */
export const SPEND_PREFIX = 'spend/';
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

interface SpendContext {
  readonly sourceId: string;
  readonly window: Period;
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
    const countOf = (name: string | undefined) => tokenCountOf(valueOf(name));
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

function tokenCountOf(text: string | undefined): number | undefined {
  const read = tokenCountField.safeParse(text);
  return read.success ? read.data : undefined;
}

function readSpent(
  records: Iterable<unknown>,
  { sourceId, window }: SpendContext,
  rowOf: (record: unknown) => Spent | string,
): AnswerFacts {
  const lines: Located<HostedLine>[] = [];
  const rows: Located<HostedUsage>[] = [];
  const rejects: Reject[] = [];
  const seen = new Set<string>();
  let [position, rejected] = [-1, 0];
  for (const record of records) {
    position += 1;
    const row = rowOf(record);
    const fault = typeof row === 'string' ? row : faultIn(row, window, seen);
    if (typeof row === 'string' || fault !== undefined) {
      rejected += 1;
      const reason = fault ?? '';
      if (rejects.length < REJECT_LIMIT) rejects.push(toReject(position, record, reason));
      continue;
    }
    const period = dayOf(row);
    lines.push({ position, fact: lineOf(row, { sourceId, period }) });
    const usage = usageOf(row, { sourceId, period });
    if (usage !== undefined) rows.push({ position, fact: usage });
  }
  const warnings = rejectWarnings(rejected);
  return { charges: toHostedCharges(lines), hostedUsage: sumHostedUsage(rows), rejects, warnings };
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

interface LinePlace {
  readonly sourceId: string;
  readonly period: Period;
}

/** A charge line. Spend through the user's own provider key becomes a tag and is not added. */
function lineOf(row: Spent, { sourceId, period }: LinePlace): HostedLine {
  const { model, usage, byok, tags = {} } = row;
  const paidElsewhere = isPaid(byok) ? { byok_usage_inference: byok } : {};
  return {
    sourceId,
    key: SPEND_PREFIX + joinKey(row.date.slice(0, 10), ...row.key),
    model,
    product: model,
    period,
    usd: decimal(usage),
    tags: { ...tags, ...paidElsewhere },
  };
}

function isPaid(text: string | undefined): boolean {
  const read = decimalText.safeParse(text);
  return read.success && !isZero(decimal(read.data));
}

function usageOf(row: Spent, { sourceId, period }: LinePlace): HostedUsage | undefined {
  const { model, host, prompt, completion, cached, reasoning, requests, byok, usage } = row;
  if (prompt === undefined || completion === undefined) return undefined;
  const isOwnKey = isPaid(byok) && decimal(byok ?? '0').num > 0n && isMore(byok ?? '0', usage);
  return {
    sourceId,
    model,
    ...(host === undefined ? {} : { host }),
    ...(isOwnKey ? { serviceTier: 'byok' } : {}),
    period,
    uncachedPromptTokens: prompt - (cached ?? 0),
    ...(cached === undefined ? {} : { cachedPromptTokens: cached }),
    outputTokens: completion,
    ...(reasoning === undefined ? {} : { reasoningTokens: reasoning }),
    ...(requests === undefined ? {} : { requests }),
    usd: nanoFromUsd(decimal(usage)),
  };
}

function isMore(one: string, other: string): boolean {
  return nanoFromUsd(decimal(one)) > nanoFromUsd(decimal(other));
}

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
export const openrouterActivityAnswer = z.object({ data: recordList(activityRow) });

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
export type AnalyticsMeta = z.output<typeof meta>;
export const analyticsMetaAnswer = z.object({ data: meta });

/** A row has the requested metrics and dimensions, and its date in `date__day`. */
const analyticsRow = z.record(z.string(), z.union([decimalText, z.string()]).nullable());
export const analyticsAnswer = z.object({
  data: z.object({
    data: recordList(analyticsRow),
    metadata: z.object({ truncated: z.boolean() }),
  }),
});
