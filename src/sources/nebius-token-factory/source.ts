/** Pulls Nebius Token Factory's models with their prices, in US dollars per token. */

import { z } from 'zod';
import { USD_PER_TOKEN } from '../../domain/price.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { decimalText, plainNumber } from '../../platform/responseSchemas.ts';
import { type Api, bearerAuth, type ApiPull } from '../api.ts';
import { createPull } from '../driver.ts';
import { providerName } from '../fieldTypes.ts';
import {
  listQuestions,
  ownOffers,
  type QuestionFactory,
  readSoldPrices,
  toContextLength,
} from '../priceList.ts';
import { createListings } from '../priceListings.ts';
import type { TokenFactoryOptions } from './options.ts';

const model = z.object({
  id: providerName,
  context_length: plainNumber.nullish().catch(undefined),
  quantization: providerName.nullish().catch(undefined),
  pricing: z
    .object({
      prompt: decimalText.nullish(),
      completion: decimalText.nullish(),
      input_cache_read: decimalText.nullish(),
      request: decimalText.nullish(),
    })
    .nullish(),
});
const modelsAnswer = z.object({ data: recordList(model) });

const SELLER = { host: 'nebius', hostName: 'Nebius' };

const offersOf = ownOffers(model, SELLER, ({ pricing, quantization, context_length: tokens }) => ({
  prices: readSoldPrices(
    [
      ['inputPerMtok', 'pricing.prompt', pricing?.prompt],
      ['outputPerMtok', 'pricing.completion', pricing?.completion],
      ['cachedInputPerMtok', 'pricing.input_cache_read', pricing?.input_cache_read],
      ['perRequest', 'pricing.request', pricing?.request],
    ],
    USD_PER_TOKEN,
  ),
  quantization: quantization ?? undefined,
  ...toContextLength(tokens),
}));

const api: Api<TokenFactoryOptions> = {
  kind: 'nebius-token-factory',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions: (pull) => priceQuestions(pull, listQuestions),
};

function priceQuestions(pull: ApiPull<TokenFactoryOptions>, ask: QuestionFactory) {
  return ask(pull, {
    kind: 'nebius-token-factory.models',
    path: ['v1', 'models'],
    query: { verbose: 'true' },
    answer: modelsAnswer,
    offersOf,
  });
}

export const pull = createPull(api);
export const listings = createListings(api, priceQuestions);
