/** The fields of LiteLLM's answers that are read: counts, names and times, but no message texts. */

import { z } from 'zod';
import { recordList } from '../../platform/schemaFields.ts';
import { instantMsSchema } from '../../platform/responseSchemas.ts';
import { usdAmount, wholeCount } from '../fieldTypes.ts';

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
    usage_object: z
      .object({ prompt_tokens_details: hits, cache_read_input_tokens: countField })
      .nullish(),
    additional_usage_values: z
      .object({ prompt_tokens_details: hits, cache_read_input_tokens: countField })
      .nullish(),
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
