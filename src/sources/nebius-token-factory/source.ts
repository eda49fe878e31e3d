/** Pulls Nebius Token Factory's models with their prices, in US dollars per token. */

import { z } from 'zod';
import { USD_PER_TOKEN } from '../../domain/plausiblePrice.ts';
import { listOf } from '../../platform/readFields.ts';
import { decimalText, plainNumber } from '../../platform/wire.ts';
import { type Api, bearer, type Pull } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { nameText } from '../fieldTypes.ts';
import {
  type AskList,
  contextTerm,
  listQuestions,
  type ModelOffers,
  ownOffer,
  readModel,
  soldPrices,
  type UnreadModel,
} from '../priceList.ts';
import { listingsOf } from '../priceListings.ts';
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

const api: Api<TokenFactoryOptions> = {
  kind: 'nebius-token-factory',
  auth: bearer(({ apiKey }) => apiKey),
  questions: (pull) => priceQuestions(pull, listQuestions),
};

function priceQuestions(pull: Pull<TokenFactoryOptions>, ask: AskList) {
  return ask(pull, {
    kind: 'nebius-token-factory.models',
    path: ['v1', 'models'],
    query: { verbose: 'true' },
    answer: modelsAnswer,
    offersOf,
  });
}

export const pull = pullerOf(api);
export const listings = listingsOf(api, priceQuestions);

function offersOf(record: unknown): ModelOffers | UnreadModel {
  const result = readModel(model, record);
  if ('fault' in result) return result;
  const { id, pricing, context_length: contextLength, quantization } = result.read;
  const prices = soldPrices(
    [
      ['inputPerMtok', 'pricing.prompt', pricing?.prompt],
      ['outputPerMtok', 'pricing.completion', pricing?.completion],
      ['cachedInputPerMtok', 'pricing.input_cache_read', pricing?.input_cache_read],
      ['perRequest', 'pricing.request', pricing?.request],
    ],
    USD_PER_TOKEN,
  );
  return ownOffer(id, SELLER, {
    prices,
    quantization: quantization ?? undefined,
    ...contextTerm(contextLength),
  });
}

const SELLER = { host: 'nebius', hostName: 'Nebius' };
