/** The fields of OpenRouter's endpoint lists that are read; no others are kept. */

import { z } from 'zod';
import { JsonNumber } from '../../platform/json.ts';
import { fieldsOf, listOf, withNamed } from '../../platform/readFields.ts';
import { nameOf, numberText, plainNumber } from '../../platform/wire.ts';

/** Dollars for one token, as text; a bare number would be another unit or another API. */
const priceText = z.string({
  error: (issue) => `found ${nameOf(issue.input)}, expected a price in quotes`,
});

/** Names go into keys and reports as they are: no signs that nobody sees. */
const label = z.string().regex(/^\P{C}{1,200}$/u, {
  error: 'expected a name of 1 to 200 visible characters',
});

/** A number, or a text that stands for one. */
const either = z
  .union([z.custom<JsonNumber>((value) => value instanceof JsonNumber), z.string()])
  .transform((value) => (typeof value === 'string' ? value : value.text));

/**
 * What a price is where its conditions hold. Every other member is kept by its name: one that this
 * version does not know may be a condition.
 */
export const override = withNamed(
  z.object({
    min_prompt_tokens: either.nullish(),
    utc_start: either.nullish(),
    utc_end: either.nullish(),
    utc_days: z.array(either).nullish(),
    prompt: priceText.nullish(),
    completion: priceText.nullish(),
    input_cache_read: priceText.nullish(),
    input_cache_write: priceText.nullish(),
    request: priceText.nullish(),
  }),
  /./,
);

/** Medians are only shown: one that cannot be read costs no price. */
const median = z.object({ p50: plainNumber.nullish() }).nullish().catch(undefined);

/** `discount` is not read on purpose: the prices shown are net of it. */
export const endpoint = z.object({
  provider_name: label,
  tag: label.nullish(),
  model_id: z.string().nullish(),
  quantization: label.nullish(),
  context_length: plainNumber.nullish(),
  status: plainNumber.nullish(),
  uptime_last_1d: numberText.nullish(),
  latency_last_30m: median,
  throughput_last_30m: median,
  supported_parameters: z.array(label).nullish().catch(undefined),
  pricing: z.object({
    prompt: priceText,
    completion: priceText,
    input_cache_read: priceText.nullish(),
    input_cache_write: priceText.nullish(),
    request: priceText.nullish(),
    overrides: listOf(override).nullish(),
  }),
});

export type Endpoint = z.output<typeof endpoint>;

export const endpointsAnswer = z.object({
  data: z.object({ id: z.string().nullish(), endpoints: listOf(endpoint) }),
});

export const ENDPOINT_FIELDS = fieldsOf(endpointsAnswer);

/** The list of models: only which there are. `next` is an address. */
export const modelsAnswer = z.object({
  data: listOf(z.object({ id: label })),
  links: z.object({ next: z.string().nullish() }).nullish(),
});

export const listedModel = z.object({ id: label });

export const MODEL_FIELDS = fieldsOf(modelsAnswer);

/** Whose an endpoint is, where the rest of it cannot be read; `null` where even that cannot. */
export const endpointOwner = z.object({
  provider_name: label.nullable().catch(null),
  tag: label.nullish().catch(''),
  quantization: label.nullish().catch(null),
});
