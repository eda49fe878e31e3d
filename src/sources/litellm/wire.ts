/** The fields of LiteLLM's answers that are read: counts, names and times, never a text. */

import { z } from 'zod';
import { fieldsOf, listOf } from '../../platform/readFields.ts';
import { decimalText, instant } from '../../platform/wire.ts';

/** Counters come as numbers, and as text where the database has 64 bits. */
const count = decimalText
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0, {
    error: 'a whole number of 0 or more was expected',
  });

/** Fields that older versions leave out, and that are null where nothing was logged. */
const told = count.nullish().transform((value) => value ?? undefined);
const name = z
  .string()
  .nullish()
  .transform((value) => value || undefined);

const metrics = z.object({
  prompt_tokens: told,
  completion_tokens: told,
  cache_read_input_tokens: told,
  successful_requests: told,
  failed_requests: told,
  api_requests: told,
});

export type Metrics = z.output<typeof metrics>;

const byName = z.record(z.string(), z.object({ metrics })).nullish();

/** One day, or what of a day stands on one page. */
export const activityDay = z.object({
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}/, { error: 'a day like 2026-09-01 was expected' }),
  metrics: metrics.nullish(),
  breakdown: z.object({ models: byName, model_groups: byName }).nullish(),
});

export type ActivityDay = z.output<typeof activityDay>;

const pageNumber = count.nullish();

export const activityPaging = z.object({
  metadata: z
    .object({ page: pageNumber, total_pages: pageNumber, has_more: z.boolean().nullish() })
    .nullish(),
});

export const activityAnswer = activityPaging.extend({ results: listOf(activityDay) });

const hits = z.object({ cached_tokens: told }).nullish();

/** Of `metadata` nothing that a request or an answer said is read. */
const metadata = z
  .object({
    status: name,
    usage_object: z
      .object({ prompt_tokens_details: hits, cache_read_input_tokens: told })
      .nullish(),
    additional_usage_values: z
      .object({ prompt_tokens_details: hits, cache_read_input_tokens: told })
      .nullish(),
  })
  .nullish()
  // Some versions write it as text, which may hold anything.
  .catch(undefined);

/** When a request began, where the rest of it cannot be read. */
export const logTime = z.object({ startTime: instant });

/** One request of the spend log. */
export const spendLog = z.object({
  request_id: name,
  startTime: instant,
  endTime: instant.nullish(),
  model: name,
  model_group: name,
  model_id: name,
  api_base: name,
  custom_llm_provider: name,
  prompt_tokens: told,
  completion_tokens: told,
  status: name,
  cache_hit: z.union([z.string(), z.boolean()]).nullish(),
  session_id: name,
  team_id: name,
  end_user: name,
  metadata,
});

export type SpendLog = z.output<typeof spendLog>;

export const ACTIVITY_FIELDS = fieldsOf(activityAnswer);
export const LOG_FIELDS = fieldsOf(z.array(spendLog));
