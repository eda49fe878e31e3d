/** Pulls DeepInfra's models with their prices, then the bill of each month. */

import { z } from 'zod';
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
import { deepinfraBillQuestions } from './bill.ts';
import type { DeepinfraOptions } from './options.ts';

const model = z.object({
  id: providerName,
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
const modelsAnswer = z.object({ data: recordList(model) });

const SELLER = { host: 'deepinfra', hostName: 'DeepInfra' };

/** Models without a price per token, such as image models, have no offer. */
const offersOf = ownOffers(model, SELLER, ({ metadata }) => ({
  prices: readSoldPrices([
    ['inputPerMtok', 'metadata.pricing.input_tokens', metadata?.pricing?.input_tokens],
    ['outputPerMtok', 'metadata.pricing.output_tokens', metadata?.pricing?.output_tokens],
    [
      'cachedInputPerMtok',
      'metadata.pricing.cache_read_tokens',
      metadata?.pricing?.cache_read_tokens,
    ],
    [
      'cacheWritePerMtok',
      'metadata.pricing.cache_write_tokens',
      metadata?.pricing?.cache_write_tokens,
    ],
  ]),
  ...toContextLength(metadata?.context_length),
}));

const api: Api<DeepinfraOptions> = {
  kind: 'deepinfra',
  auth: bearerAuth(({ apiKey }) => apiKey),
  *questions(pull) {
    yield* priceQuestions(pull, listQuestions);
    yield* deepinfraBillQuestions(pull);
  },
};

function priceQuestions(pull: ApiPull<DeepinfraOptions>, ask: QuestionFactory) {
  return ask(pull, {
    kind: 'deepinfra.models',
    path: ['v1', 'openai', 'models'],
    query: { filter: 'with_meta' },
    answer: modelsAnswer,
    offersOf,
  });
}

export const pull = createPull(api);
export const listings = createListings(api, priceQuestions);
