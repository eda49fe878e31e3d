/** Knows the fields of OpenRouter's endpoint lists that we use; all others are ignored. */

import { z } from 'zod';
import { nameOf, numberText, plainNumber } from '../../platform/wire.ts';

export const endpointsAnswer = z.object({
  data: z.object({ id: z.string().nullish(), endpoints: z.array(z.unknown()) }),
});

/** Dollars for one token, as text; a bare number would be another unit or another API. */
const priceText = z.string({
  error: (issue) => `${nameOf(issue.input)} where a price in quotes was expected`,
});

const label = z.string().min(1).max(200);

/** `discount` is not read on purpose: the prices shown are net of it. */
export const endpoint = z.object({
  provider_name: label,
  tag: label.nullish(),
  model_id: z.string().nullish(),
  quantization: label.nullish(),
  context_length: plainNumber.nullish(),
  status: plainNumber.nullish(),
  uptime_last_1d: numberText.nullish(),
  pricing: z.object({
    prompt: priceText,
    completion: priceText,
    input_cache_read: priceText.nullish(),
    request: priceText.nullish(),
    overrides: z.array(z.unknown()).nullish(),
  }),
});

export type Endpoint = z.output<typeof endpoint>;

/** Whose an endpoint is, where the rest of it cannot be read; `null` where even that cannot. */
export const endpointOwner = z.object({
  provider_name: label.nullable().catch(null),
  tag: label.nullish().catch(''),
  quantization: label.nullish().catch(null),
});
