/** What DeepInfra is asked: its models with their prices, then the bill of each month. */

import { z } from 'zod';
import { listOf } from '../../platform/readFields.ts';
import { decimalText, faultOf, plainNumber } from '../../platform/wire.ts';
import { type Api, bearer } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { nameText } from '../fieldTypes.ts';
import {
  contextTerm,
  type ModelOffers,
  listQuestions,
  soldPrices,
  type UnreadModel,
} from '../priceList.ts';
import { billQuestions } from './bill.ts';
import type { DeepinfraOptions } from './options.ts';

const model = z.object({
  id: nameText,
  metadata: z
    .object({
      context_length: plainNumber.nullish().catch(undefined),
      pricing: z
        .object({
          input_tokens: decimalText.nullish(),
          output_tokens: decimalText.nullish(),
          cache_read_tokens: decimalText.nullish(),
          cache_write_tokens: decimalText.nullish(),
        })
        .nullish(),
    })
    .nullish(),
});
const modelsAnswer = z.object({ data: listOf(model) });
const named = z.object({ id: nameText });

const api: Api<DeepinfraOptions> = {
  kind: 'deepinfra',
  auth: bearer(({ apiKey }) => apiKey),
  *questions(pull) {
    yield* listQuestions(pull, {
      kind: 'deepinfra.models',
      path: ['v1', 'openai', 'models'],
      query: { filter: 'with_meta' },
      answer: modelsAnswer,
      offersOf,
    });
    yield* billQuestions(pull);
  },
};

export const pull = pullerOf(api);

/** What has no price by token, such as a model of images, is not sold so. */
function offersOf(record: unknown): ModelOffers | UnreadModel {
  const read = model.safeParse(record);
  if (!read.success) {
    return { model: named.safeParse(record).data?.id, fault: faultOf(read.error) };
  }
  const { id, metadata } = read.data;
  const { pricing, context_length: contextLength } = metadata ?? {};
  const prices = soldPrices([
    ['inputPerMtok', 'metadata.pricing.input_tokens', pricing?.input_tokens],
    ['outputPerMtok', 'metadata.pricing.output_tokens', pricing?.output_tokens],
    ['cachedInputPerMtok', 'metadata.pricing.cache_read_tokens', pricing?.cache_read_tokens],
    ['cacheWritePerMtok', 'metadata.pricing.cache_write_tokens', pricing?.cache_write_tokens],
  ]);
  if (prices === undefined) return { model: id, offers: [] };
  if (typeof prices === 'string') return { model: id, fault: prices };
  return {
    model: id,
    offers: [{ host: 'deepinfra', hostName: 'DeepInfra', prices, ...contextTerm(contextLength) }],
  };
}
