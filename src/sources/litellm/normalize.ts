/** What LiteLLM's responses contain, without any text of a message, and what hosted models cost. */

import { z } from 'zod';
import { add, decimal, type Exact, isZero, ZERO } from '../../domain/exact.ts';
import { Failure } from '../../domain/failure.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';
import type { HostedUsage } from '../../domain/usage.ts';
import { instantMsSchema } from '../../platform/responseSchemas.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { usdAmount, wholeCount } from '../fieldTypes.ts';
import type { UsageTarget } from '../source.ts';
import { TAG_PREFIX, TAGS_LABEL } from './options.ts';

/** Fields that older versions leave out, and that are null if nothing was logged. */
const countField = wholeCount.nullish().transform((value) => value ?? undefined);
const name = z
  .string()
  .nullish()
  .transform((value) => value || undefined);

/**
 * The cost that LiteLLM computes from its own price list. An invalid number counts as missing, so
 * that tokens are still read.
 */
const spend = usdAmount
  .nullish()
  .transform((value) => value ?? undefined)
  .catch(undefined);

const metrics = z.object({
  spend,
  prompt_tokens: countField,
  completion_tokens: countField,
  cache_read_input_tokens: countField,
  successful_requests: countField,
  failed_requests: countField,
  api_requests: countField,
});
export type ActivityMetrics = z.output<typeof metrics>;

/** One API key's share of a model. Only names of the key are read. */
const keyOfModel = z.object({
  metrics,
  metadata: z.object({ key_alias: name, team_id: name, user_id: name }).nullish(),
});

const byName = z
  .record(
    z.string(),
    z.object({ metrics, api_key_breakdown: z.record(z.string(), keyOfModel).nullish() }),
  )
  .nullish();

/** One day, or the part of a day that is on one page. */
export const activityDay = z.object({
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}/, { error: 'expected a day like 2026-09-01' }),
  metrics: metrics.nullish(),
  breakdown: z.object({ models: byName, model_groups: byName }).nullish(),
});
export type ActivityDay = z.output<typeof activityDay>;

const pageNumber = wholeCount.nullish();

export const litellmActivityAnswer = z.object({
  metadata: z
    .object({ page: pageNumber, total_pages: pageNumber, has_more: z.boolean().nullish() })
    .nullish(),
  results: recordList(activityDay),
});

const hits = z.object({ cached_tokens: countField }).nullish();
const usageObject = z
  .object({ prompt_tokens_details: hits, cache_read_input_tokens: countField })
  .nullish();

/** No text of a request or an answer is read from `metadata`. */
const metadata = z
  .object({
    status: name,
    user_api_key_alias: name,
    user_api_key_team_alias: name,
    /** Model groups that failed before this answer: 0 if the first one answered. */
    attempted_fallbacks: countField.catch(undefined),
    /** The model group that was requested. */
    original_model_group: name.catch(undefined),
    usage_object: usageObject,
    additional_usage_values: usageObject,
  })
  .nullish()
  // Some versions write it as text, which may contain anything.
  .catch(undefined);

/** The start time of a request whose other fields cannot be read. */
export const logTime = z.object({ startTime: instantMsSchema });

/** One request of the spend log. */
export const spendLog = z.object({
  request_id: name,
  startTime: instantMsSchema,
  endTime: instantMsSchema.nullish(),
  model: name,
  model_group: name,
  model_id: name,
  api_base: name,
  custom_llm_provider: name,
  spend,
  prompt_tokens: countField,
  completion_tokens: countField,
  status: name,
  cache_hit: z.union([z.string(), z.boolean()]).nullish(),
  session_id: name,
  team_id: name,
  end_user: name,
  user: name,
  organization_id: name,
  metadata,
});

/** The same with its tags, which are stored only if the config names one. */
export const taggedLog = spendLog.extend({
  request_tags: z
    .union([z.array(z.string()), z.string()])
    .nullish()
    .transform((tags) => (typeof tags === 'string' ? tagsIn(tags) : (tags ?? undefined)))
    .catch(undefined),
});

export type SpendLog = z.output<typeof spendLog> &
  Partial<Pick<z.output<typeof taggedLog>, 'request_tags'>>;

/** Some versions write the list as text: `["team:search"]`. */
function tagsIn(text: string): string[] | undefined {
  try {
    return z.array(z.string()).safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Token and request counts of a day.
 * @throws {Failure} `malformed` if tokens are missing, since they would count as 0.
 */
export function toActivityCounts(one: ActivityMetrics, where: string) {
  const { prompt_tokens: prompt, completion_tokens: output, failed_requests: failed } = one;
  const { cache_read_input_tokens: cached, api_requests: all } = one;
  const answered = one.successful_requests ?? (all ?? 0) - (failed ?? 0);
  if (prompt === undefined || output === undefined || answered < 0) {
    const message = `${where} returned requests without token counts`;
    throw new Failure('malformed', message, { where, expected: 'prompt and completion tokens' });
  }
  if (cached !== undefined && cached > prompt) {
    const message = `${where} returned ${cached} cached tokens for a prompt of ${prompt}`;
    const expected = 'cached tokens as a part of the prompt';
    throw new Failure('malformed', message, { where, expected });
  }
  const known = { prompt, output, answered };
  const cachedField = cached === undefined ? {} : { cached };
  return { ...known, ...cachedField, ...(failed === undefined ? {} : { failed }) };
}

/** The tokens of an answered request, or what is wrong with them. */
export function logTokens({ prompt_tokens: prompt, completion_tokens: output, ...log }: SpendLog) {
  if (prompt === undefined || output === undefined) return 'it has no token counts';
  const { usage_object: usage, additional_usage_values: values } = log.metadata ?? {};
  const cached =
    usage?.prompt_tokens_details?.cached_tokens ??
    usage?.cache_read_input_tokens ??
    values?.prompt_tokens_details?.cached_tokens ??
    values?.cache_read_input_tokens;
  if (cached === undefined) return { prompt, output };
  if (cached <= prompt) return { prompt, cached, output };
  return `${cached} cached tokens for a prompt of ${prompt}`;
}

/** The labels by which the config may name a tenant, team, adapter or kind of demand. */
export function logLabels(log: SpendLog, { demand }: UsageTarget) {
  const { metadata: known, request_tags: tags = [] } = log;
  const kinds = typeof demand === 'object' ? demand.kinds : {};
  const labels: Record<string, string | undefined> = {
    team_id: log.team_id,
    team_alias: known?.user_api_key_team_alias,
    key_alias: known?.user_api_key_alias,
    user_id: log.user,
    organization_id: log.organization_id,
    end_user: log.end_user,
    model_group: log.model_group,
    // With several tags, the one that is a kind of demand counts. A name must be the only tag.
    [TAGS_LABEL]:
      tags.find((tag) => Object.hasOwn(kinds, tag)) ?? (tags.length === 1 ? tags[0] : ''),
  };
  for (const tag of tags) {
    const at = tag.indexOf(':');
    if (at > 0) labels[`${TAG_PREFIX}${tag.slice(0, at)}`] ??= tag.slice(at + 1).trim();
  }
  return labels;
}

/** One or more requests that a hosted model answered. */
interface HostedSpend {
  readonly position: number;
  readonly dayMs: number;
  readonly model: string;
  readonly host?: string | undefined;
  readonly prompt: number;
  readonly cached?: number | undefined;
  readonly output: number;
  readonly answered: number;
  readonly usd: string | undefined;
}

/** The cost is absent if one of the requests has no price. */
type DaySum = Omit<HostedSpend, 'cached' | 'usd'> & { cached: number; usd: Exact | undefined };

/** The two kinds of fetches, which report the same facts. */
const KINDS = ['litellm.activity', 'litellm.requests'];

/** Sums the requests of hosted models by day, model and provider. */
export class SpendTally {
  readonly #sums = new Map<string, DaySum>();

  /**
   * Adds requests. LiteLLM writes a cost of 0 for models without a known price, so 0 means unknown.
   */
  add({ prompt, cached = 0, output, answered, usd, ...of }: HostedSpend): void {
    if (answered === 0) return;
    const key = JSON.stringify([of.dayMs, of.model, of.host]);
    const known = this.#sums.get(key) ?? { ...of, ...NOTHING };
    const price = decimal(usd ?? '0');
    const isPriced = price.num > 0n || (prompt === 0 && output === 0);
    this.#sums.set(key, {
      ...known,
      prompt: known.prompt + prompt,
      // Cached tokens above the prompt's size are invalid and ignored.
      cached: known.cached + (cached <= prompt ? cached : 0),
      output: known.output + output,
      answered: known.answered + answered,
      usd: isPriced && known.usd !== undefined ? add(known.usd, price) : undefined,
    });
  }

  /** Facts of the days that have ended. As for usage, a cache of 0 means unknown. */
  facts(
    sourceId: string,
    window: Period,
    nowMs: number,
  ): Pick<Fetched, 'hostedUsage' | 'hostedUsageFor'> {
    const hostedUsage = [...this.#sums.values()].flatMap((sum): Located<HostedUsage>[] => {
      const { position, model, host, prompt, cached, usd } = sum;
      const period = { startMs: sum.dayMs, endMs: sum.dayMs + DAY_MS };
      if (usd === undefined || isZero(usd) || period.endMs > nowMs) return [];
      const fact: HostedUsage = {
        sourceId,
        model,
        ...(host === undefined ? {} : { host }),
        period,
        uncachedPromptTokens: prompt - cached,
        ...(cached === 0 ? {} : { cachedPromptTokens: cached }),
        outputTokens: sum.output,
        requests: sum.answered,
        usd: nanoFromUsd(usd),
        secondHand: true,
      };
      return [{ position, fact }];
    });
    if (hostedUsage.length === 0) return {};
    return { hostedUsage, hostedUsageFor: { window, kinds: KINDS } };
  }
}

const NOTHING = { prompt: 0, cached: 0, output: 0, answered: 0, usd: ZERO };
