/** Pulls DeepInfra's models with their prices, then the bill of each month. */

import { z } from 'zod';
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

const api: Api<DeepinfraOptions> = {
  kind: 'deepinfra',
  auth: bearer(({ apiKey }) => apiKey),
  *questions(pull) {
    yield* priceQuestions(pull, listQuestions);
    yield* billQuestions(pull);
  },
};

function priceQuestions(pull: Pull<DeepinfraOptions>, ask: AskList) {
  return ask(pull, {
    kind: 'deepinfra.models',
    path: ['v1', 'openai', 'models'],
    query: { filter: 'with_meta' },
    answer: modelsAnswer,
    offersOf,
  });
}

export const pull = pullerOf(api);
export const listings = listingsOf(api, priceQuestions);

/** Models without a price per token, such as image models, have no offer. */
function offersOf(record: unknown): ModelOffers | UnreadModel {
  const result = readModel(model, record);
  if ('fault' in result) return result;
  const { id, metadata } = result.read;
  const { pricing, context_length: contextLength } = metadata ?? {};
  const prices = soldPrices([
    ['inputPerMtok', 'metadata.pricing.input_tokens', pricing?.input_tokens],
    ['outputPerMtok', 'metadata.pricing.output_tokens', pricing?.output_tokens],
    ['cachedInputPerMtok', 'metadata.pricing.cache_read_tokens', pricing?.cache_read_tokens],
    ['cacheWritePerMtok', 'metadata.pricing.cache_write_tokens', pricing?.cache_write_tokens],
  ]);
  return ownOffer(id, SELLER, { prices, ...contextTerm(contextLength) });
}

const SELLER = { host: 'deepinfra', hostName: 'DeepInfra' };
