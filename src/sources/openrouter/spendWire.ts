/** Schemas of OpenRouter's activity and analytics responses; only these fields are stored. */

import { z } from 'zod';
import { listOf } from '../../platform/readFields.ts';
import { decimalText } from '../../platform/wire.ts';
import { idText, labelText, nameText, usdText } from '../fieldTypes.ts';
import { tokenCount } from '../hostedBill.ts';

/** A UTC day, with or without a time after it. */
export const dayText = z.string().regex(/^\d{4}-\d\d-\d\d(?:$|[T ])/, {
  error: 'expected a day like 2026-08-24',
});

/** One day of one endpoint of a model. Tokens are counted by the model's own tokenizer. */
export const activityRow = z.object({
  date: dayText,
  model: nameText,
  model_permaslug: nameText,
  endpoint_id: idText,
  provider_name: labelText.nullish(),
  usage: usdText,
  byok_usage_inference: usdText.nullish(),
  requests: tokenCount.nullish(),
  prompt_tokens: tokenCount,
  completion_tokens: tokenCount,
  reasoning_tokens: tokenCount.nullish(),
});
export const activityAnswer = z.object({ data: listOf(activityRow) });

const named = z.object({ name: nameText });
const metric = z.object({
  name: nameText,
  is_rate: z.boolean().nullish(),
  display_format: labelText.nullish(),
});
const meta = z.object({
  metrics: z.array(metric),
  dimensions: z.array(named),
  granularities: z.array(named),
});
export type Meta = z.output<typeof meta>;
export const metaAnswer = z.object({ data: meta });

/** A row has the requested metrics and dimensions, and its date in `date__day`. */
export const analyticsRow = z.record(z.string(), z.union([decimalText, z.string()]).nullable());
export const analyticsAnswer = z.object({
  data: z.object({
    data: listOf(analyticsRow),
    metadata: z.object({ truncated: z.boolean() }),
  }),
});
