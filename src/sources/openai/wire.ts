/** Schemas of OpenAI's API responses; only these fields are stored. */

import { z } from 'zod';
import { SECOND_MS } from '../../domain/period.ts';
import { recordList } from '../../platform/readFields.ts';
import { wholeNumber } from '../../platform/wire.ts';
import { freeText, quantityField, usdAmount } from '../fieldTypes.ts';
import { type DayBucket, pagingFields, tokenCountField } from '../hostedBill.ts';

/** `input_tokens` includes the tokens read from and written to the cache. */
export const openaiUsageResult = z.object({
  input_tokens: tokenCountField,
  input_cached_tokens: tokenCountField.nullish(),
  input_cache_write_tokens: tokenCountField.nullish(),
  output_tokens: tokenCountField.nullish(),
  num_model_requests: tokenCountField.nullish(),
  model: freeText.nullish(),
  batch: z.boolean().nullish(),
  service_tier: freeText.nullish(),
});
export type OpenaiUsageResult = z.output<typeof openaiUsageResult>;

/** The amount is a number in the specification, and a string in responses since May 2026. */
export const openaiCostResult = z.object({
  amount: z.object({ value: usdAmount, currency: freeText.nullish() }),
  line_item: freeText.nullish(),
  project_id: freeText.nullish(),
  quantity: quantityField.nullish(),
  quantity_unit: freeText.nullish(),
});
export type OpenaiCostResult = z.output<typeof openaiCostResult>;

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

export const openaiUsageBucket = bucketOf(openaiUsageResult);
export const openaiUsageAnswer = z.object({ data: recordList(openaiUsageBucket), ...pagingFields });
export const openaiCostBucket = bucketOf(openaiCostResult);
export const openaiCostsAnswer = z.object({ data: recordList(openaiCostBucket), ...pagingFields });
