/** What Nebius Token Factory is asked: its models with their prices, in dollars for one token. */

import { z } from 'zod';
import { USD_PER_TOKEN } from '../../domain/plausiblePrice.ts';
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
import type { TokenFactoryOptions } from './options.ts';

const model = z.object({
  id: nameText,
  context_length: plainNumber.nullish().catch(undefined),
  quantization: nameText.nullish().catch(undefined),
  pricing: z
    .object({
      prompt: decimalText.nullish(),
      completion: decimalText.nullish(),
      input_cache_read: decimalText.nullish(),
      request: decimalText.nullish(),
    })
    .nullish(),
});
const modelsAnswer = z.object({ data: listOf(model) });
const named = z.object({ id: nameText });

const api: Api<TokenFactoryOptions> = {
  kind: 'nebius-token-factory',
  auth: bearer(({ apiKey }) => apiKey),
  questions: (pull) =>
    listQuestions(pull, {
      kind: 'nebius-token-factory.models',
      path: ['v1', 'models'],
      query: { verbose: 'true' },
      answer: modelsAnswer,
      offersOf,
    }),
};

export const pull = pullerOf(api);

function offersOf(record: unknown): ModelOffers | UnreadModel {
  const read = model.safeParse(record);
  if (!read.success) {
    return { model: named.safeParse(record).data?.id, fault: faultOf(read.error) };
  }
  const { id, pricing, context_length: contextLength, quantization } = read.data;
  const prices = soldPrices(
    [
      ['inputPerMtok', 'pricing.prompt', pricing?.prompt],
      ['outputPerMtok', 'pricing.completion', pricing?.completion],
      ['cachedInputPerMtok', 'pricing.input_cache_read', pricing?.input_cache_read],
      ['perRequest', 'pricing.request', pricing?.request],
    ],
    USD_PER_TOKEN,
  );
  if (prices === undefined) return { model: id, offers: [] };
  if (typeof prices === 'string') return { model: id, fault: prices };
  const offer = {
    host: 'nebius',
    hostName: 'Nebius',
    prices,
    quantization: quantization ?? undefined,
    ...contextTerm(contextLength),
  };
  return { model: id, offers: [offer] };
}
