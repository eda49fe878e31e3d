/** Schemas of OpenAI's API responses; only these fields are stored. */

import { z } from 'zod';
import { SECOND_MS } from '../../domain/period.ts';
import { listOf } from '../../platform/readFields.ts';
import { wholeNumber } from '../../platform/wire.ts';
import { labelText, quantityText, usdText } from '../fieldTypes.ts';
import { type Bucket, paging, tokenCount } from '../hostedBill.ts';

/** `input_tokens` includes the tokens read from and written to the cache. */
export const usageResult = z.object({
  input_tokens: tokenCount,
  input_cached_tokens: tokenCount.nullish(),
  input_cache_write_tokens: tokenCount.nullish(),
  output_tokens: tokenCount.nullish(),
  num_model_requests: tokenCount.nullish(),
  model: labelText.nullish(),
  batch: z.boolean().nullish(),
  service_tier: labelText.nullish(),
});
export type UsageResult = z.output<typeof usageResult>;

/** The amount is a number in the specification, and a string in responses since May 2026. */
export const costResult = z.object({
  amount: z.object({ value: usdText, currency: labelText.nullish() }),
  line_item: labelText.nullish(),
  project_id: labelText.nullish(),
  quantity: quantityText.nullish(),
  quantity_unit: labelText.nullish(),
});
export type CostResult = z.output<typeof costResult>;

const times = { start_time: wholeNumber, end_time: wholeNumber };

/** Older responses name the list `result`. */
function bucketOf(result: z.ZodType) {
  const results = listOf(result);
  return z
    .object({ ...times, results: results.nullish(), result: listOf(result).nullish() })
    .refine((bucket) => bucket.results ?? bucket.result, {
      path: ['results'],
      error: 'expected a list',
    })
    .transform(
      (bucket): Bucket => ({
        startMs: bucket.start_time * SECOND_MS,
        endMs: bucket.end_time * SECOND_MS,
        results: bucket.results ?? bucket.result ?? [],
      }),
    );
}

export const usageBucket = bucketOf(usageResult);
export const usageAnswer = z.object({ data: listOf(usageBucket), ...paging });
export const costBucket = bucketOf(costResult);
export const costsAnswer = z.object({ data: listOf(costBucket), ...paging });
