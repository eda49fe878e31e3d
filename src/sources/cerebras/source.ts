/** Pulls Cerebras' public models with their prices, in US dollars per token. */

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
import type { CerebrasOptions } from './options.ts';

const model = z.object({
  id: nameText,
  pricing: z.object({ prompt: decimalText.nullish(), completion: decimalText.nullish() }).nullish(),
  limits: z.object({ max_context_length: plainNumber.nullish() }).nullish().catch(undefined),
});
const modelsAnswer = z.object({ data: listOf(model) });

const api: Api<CerebrasOptions> = {
  kind: 'cerebras',
  auth: bearer(({ apiKey }) => apiKey),
  questions: (pull) => priceQuestions(pull, listQuestions),
};

function priceQuestions(pull: Pull<CerebrasOptions>, ask: AskList) {
  return ask(pull, {
    kind: 'cerebras.models',
    path: ['public', 'v1', 'models'],
    answer: modelsAnswer,
    offersOf,
  });
}

export const pull = pullerOf(api);
export const listings = listingsOf(api, priceQuestions);

function offersOf(record: unknown): ModelOffers | UnreadModel {
  const result = readModel(model, record);
  if ('fault' in result) return result;
  const { id, pricing, limits } = result.read;
  const prices = soldPrices(
    [
      ['inputPerMtok', 'pricing.prompt', pricing?.prompt],
      ['outputPerMtok', 'pricing.completion', pricing?.completion],
    ],
    USD_PER_TOKEN,
  );
  return ownOffer(id, SELLER, { prices, ...contextTerm(limits?.max_context_length) });
}

const SELLER = { host: 'cerebras', hostName: 'Cerebras' };
