/** Schemas of Anthropic's API responses; only these fields are stored. */

import { z } from 'zod';
import { listOf } from '../../platform/readFields.ts';
import { instant } from '../../platform/wire.ts';
import { labelText, usdText } from '../fieldTypes.ts';
import { type Bucket, paging, tokenCount } from '../hostedBill.ts';

/** The input counts are disjoint: uncached, read from the cache, and written to the cache. */
export const usageResult = z.object({
  uncached_input_tokens: tokenCount,
  cache_read_input_tokens: tokenCount.nullish(),
  cache_creation: z
    .object({
      ephemeral_5m_input_tokens: tokenCount.nullish(),
      ephemeral_1h_input_tokens: tokenCount.nullish(),
    })
    .nullish(),
  output_tokens: tokenCount,
  model: labelText.nullish(),
  service_tier: labelText.nullish(),
});
export type UsageResult = z.output<typeof usageResult>;

export const costResult = z.object({
  /** In cents: `"123.45"` is $1.2345. */
  amount: usdText,
  currency: labelText.nullish(),
  cost_type: labelText.nullish(),
  description: labelText.nullish(),
  model: labelText.nullish(),
  token_type: labelText.nullish(),
  service_tier: labelText.nullish(),
  context_window: labelText.nullish(),
  inference_geo: labelText.nullish(),
  workspace_id: labelText.nullish(),
});
export type CostResult = z.output<typeof costResult>;

function bucketOf(result: z.ZodType) {
  return z.object({ starting_at: instant, ending_at: instant, results: listOf(result) }).transform(
    (bucket): Bucket => ({
      startMs: bucket.starting_at,
      endMs: bucket.ending_at,
      results: bucket.results,
    }),
  );
}

export const usageBucket = bucketOf(usageResult);
export const usageAnswer = z.object({ data: listOf(usageBucket), ...paging });
export const costBucket = bucketOf(costResult);
export const costsAnswer = z.object({ data: listOf(costBucket), ...paging });
