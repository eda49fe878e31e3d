/** Pulls Cerebras' public models with their prices, in US dollars per token. */

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
import type { CerebrasOptions } from './options.ts';

const model = z.object({
  id: providerName,
  pricing: z.object({ prompt: decimalText.nullish(), completion: decimalText.nullish() }).nullish(),
  limits: z.object({ max_context_length: plainNumber.nullish() }).nullish().catch(undefined),
});
const modelsAnswer = z.object({ data: recordList(model) });

const SELLER = { host: 'cerebras', hostName: 'Cerebras' };

const offersOf = ownOffers(model, SELLER, ({ pricing, limits }) => ({
  prices: readSoldPrices(
    [
      ['inputPerMtok', 'pricing.prompt', pricing?.prompt],
      ['outputPerMtok', 'pricing.completion', pricing?.completion],
    ],
    USD_PER_TOKEN,
  ),
  ...toContextLength(limits?.max_context_length),
}));

const api: Api<CerebrasOptions> = {
  kind: 'cerebras',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions: (pull) => priceQuestions(pull, listQuestions),
};

function priceQuestions(pull: ApiPull<CerebrasOptions>, ask: QuestionFactory) {
  return ask(pull, {
    kind: 'cerebras.models',
    path: ['public', 'v1', 'models'],
    answer: modelsAnswer,
    offersOf,
  });
}

export const pull = createPull(api);
export const listings = createListings(api, priceQuestions);
