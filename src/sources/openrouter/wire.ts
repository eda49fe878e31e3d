/** Schemas of OpenRouter's model and endpoint lists; only these fields are stored. */

import { z } from 'zod';
import { JsonNumber } from '../../platform/json.ts';
import { recordList, withMatchingMembers } from '../../platform/schemaFields.ts';
import { typeName, numberText, plainNumber } from '../../platform/responseSchemas.ts';

/** US dollars per token, as a string. A bare number would be another unit or API. */
const priceText = z.string({
  error: (issue) => `found ${typeName(issue.input)}, expected a price in quotes`,
});

/** Names are stored as they are, so they have visible characters only. */
const label = z.string().regex(/^\P{C}{1,200}$/u, {
  error: 'expected a name of 1 to 200 visible characters',
});

/** A number, or a string of one. */
const numberOrText = z
  .union([z.custom<JsonNumber>((value) => value instanceof JsonNumber), z.string()])
  .transform((value) => (typeof value === 'string' ? value : value.text));

/** A conditional price. All other members are kept, because an unknown one may be a condition. */
export const override = withMatchingMembers(
  z.object({
    min_prompt_tokens: numberOrText.nullish(),
    utc_start: numberOrText.nullish(),
    utc_end: numberOrText.nullish(),
    utc_days: z.array(numberOrText).nullish(),
    prompt: priceText.nullish(),
    completion: priceText.nullish(),
    input_cache_read: priceText.nullish(),
    input_cache_write: priceText.nullish(),
    request: priceText.nullish(),
  }),
  /./,
);

/** Medians are informational; an unreadable one does not reject the price. */
const median = z.object({ p50: plainNumber.nullish() }).nullish().catch(undefined);

/** `discount` is deliberately not read: the prices are already net of it. */
export const openrouterEndpoint = z.object({
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
    overrides: recordList(override).nullish(),
  }),
});

export type OpenrouterEndpoint = z.output<typeof openrouterEndpoint>;

export const openrouterEndpointsAnswer = z.object({
  data: z.object({ id: z.string().nullish(), endpoints: recordList(openrouterEndpoint) }),
});

/** The list of models; `links.next` is the URL of the next page. */
export const modelsAnswer = z.object({
  data: recordList(z.object({ id: label })),
  links: z.object({ next: z.string().nullish() }).nullish(),
});

export const listedModel = z.object({ id: label });

/** The owner of an endpoint whose other fields cannot be read. An unreadable provider is `null`. */
export const endpointOwner = z.object({
  provider_name: label.nullable().catch(null),
  tag: label.nullish().catch(''),
  quantization: label.nullish().catch(null),
});
