/** Schemas of Anthropic's API responses; only these fields are stored. */

import { z } from 'zod';
import { recordList } from '../../platform/readFields.ts';
import { instantMsSchema } from '../../platform/wire.ts';
import { freeText, usdAmount } from '../fieldTypes.ts';
import { type DayBucket, pagingFields, tokenCountField } from '../hostedBill.ts';

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

export const anthropicUsageBucket = bucketOf(anthropicUsageResult);
export const anthropicUsageAnswer = z.object({
  data: recordList(anthropicUsageBucket),
  ...pagingFields,
});
export const anthropicCostBucket = bucketOf(anthropicCostResult);
export const anthropicCostsAnswer = z.object({
  data: recordList(anthropicCostBucket),
  ...pagingFields,
});
