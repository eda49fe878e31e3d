/** Schemas of OpenRouter's activity and analytics responses; only these fields are stored. */

import { z } from 'zod';
import { recordList } from '../../platform/readFields.ts';
import { decimalText } from '../../platform/wire.ts';
import { providerId, freeText, providerName, usdAmount } from '../fieldTypes.ts';
import { tokenCountField } from '../hostedBill.ts';

/** A UTC day, with or without a time after it. */
export const utcDayText = z.string().regex(/^\d{4}-\d\d-\d\d(?:$|[T ])/, {
  error: 'expected a day like 2026-08-24',
});

/** One day of one endpoint of a model. Tokens are counted by the model's own tokenizer. */
export const activityRow = z.object({
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
export const analyticsRow = z.record(z.string(), z.union([decimalText, z.string()]).nullable());
export const analyticsAnswer = z.object({
  data: z.object({
    data: recordList(analyticsRow),
    metadata: z.object({ truncated: z.boolean() }),
  }),
});
