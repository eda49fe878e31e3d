/** The fields of OpenRouter's endpoint lists that are read; no others are kept. */

import { z } from 'zod';
import { fieldsOf, listOf } from '../../platform/readFields.ts';
import { nameOf, numberText, plainNumber } from '../../platform/wire.ts';

/** Dollars for one token, as text; a bare number would be another unit or another API. */
const priceText = z.string({
  error: (issue) => `${nameOf(issue.input)} where a price in quotes was expected`,
});

/** Names go into keys and reports as they are: no signs that nobody sees. */
const label = z.string().regex(/^\P{C}{1,200}$/u, {
  error: 'a name of 1 to 200 visible characters was expected',
});

const condition = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]);

/** When a price holds that is not the base price; only told, never counted with. */
export const override = z.object({
  min_prompt_tokens: condition,
  utc_start: condition,
  utc_end: condition,
  utc_days: condition,
});

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
    overrides: listOf(override).nullish(),
  }),
});

export type Endpoint = z.output<typeof endpoint>;

export const endpointsAnswer = z.object({
  data: z.object({ id: z.string().nullish(), endpoints: listOf(endpoint) }),
});

export const ENDPOINT_FIELDS = fieldsOf(endpointsAnswer);

/** Whose an endpoint is, where the rest of it cannot be read; `null` where even that cannot. */
export const endpointOwner = z.object({
  provider_name: label.nullable().catch(null),
  tag: label.nullish().catch(''),
  quantization: label.nullish().catch(null),
});
