/** Pulls each provider's price per million tokens from Hugging Face's router. */

import { z } from 'zod';
import { nanoUsdPerMtok } from '../../domain/money.ts';
import { recordList } from '../../platform/schemaFields.ts';
import { decimalText, firstFaultText, plainNumber } from '../../platform/responseSchemas.ts';
import { type Api, bearerAuth, type ApiPull } from '../api.ts';
import { createPull } from '../driver.ts';
import { freeText, providerName } from '../fieldTypes.ts';
import {
  type QuestionFactory,
  toContextLength,
  listQuestions,
  type ModelOffers,
  type ListedOffer,
  parseListedModel,
  readSoldPrices,
  type UnreadListedOffer,
  type UnreadModel,
} from '../priceList.ts';
import { createListings } from '../priceListings.ts';
import type { HuggingfaceOptions } from './options.ts';

/** Informational fields; an unreadable one does not reject the price. */
const optionalNumber = plainNumber.nullish().catch(undefined);
const optionalFlag = z.boolean().nullish().catch(undefined);

const partner = z.object({
  provider: providerName,
  status: freeText.nullish(),
  context_length: optionalNumber,
  pricing: z.object({ input: decimalText.nullish(), output: decimalText.nullish() }).nullish(),
  is_free: optionalFlag,
  supports_tools: optionalFlag,
  supports_structured_output: optionalFlag,
  throughput: optionalNumber,
  first_token_latency_ms: optionalNumber,
});
const owner = z.object({ provider: providerName.nullable().catch(null) });
const model = z.object({ id: providerName, providers: recordList(partner) });
const modelsAnswer = z.object({ data: recordList(model) });

const api: Api<HuggingfaceOptions> = {
  kind: 'huggingface',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions: (pull) => priceQuestions(pull, listQuestions),
};

function priceQuestions(pull: ApiPull<HuggingfaceOptions>, ask: QuestionFactory) {
  return ask(pull, {
    kind: 'huggingface.models',
    path: ['v1', 'models'],
    answer: modelsAnswer,
    offersOf,
    isByWeights: true,
  });
}

export const pull = createPull(api);
export const listings = createListings(api, priceQuestions);

function offersOf(record: unknown): ModelOffers | UnreadModel {
  const result = parseListedModel(model, record);
  if ('fault' in result) return result;
  return { model: result.read.id, offers: result.read.providers.flatMap(offerOf) };
}

/** A provider without a price sells by another unit, unless the list marks the model as free. */
function offerOf(record: unknown, at: number): (ListedOffer | UnreadListedOffer)[] {
  const read = partner.safeParse(record);
  if (!read.success) {
    const host = owner.safeParse(record).data?.provider ?? null;
    return [{ host, fault: `providers.${at}.${firstFaultText(read.error)}` }];
  }
  const { provider: host, pricing, is_free: isFree, ...terms } = read.data;
  const sold = readSoldPrices([
    ['inputPerMtok', `providers.${at}.pricing.input`, pricing?.input],
    ['outputPerMtok', `providers.${at}.pricing.output`, pricing?.output],
  ]);
  if (typeof sold === 'string') return [{ host, fault: sold }];
  if (sold === undefined && isFree !== true) return [];
  return [
    {
      host,
      prices: sold ?? FREE,
      isFree: sold === undefined,
      ...termsOf(terms),
      available: availableOf(terms),
    },
  ];
}

const FREE = { inputPerMtok: nanoUsdPerMtok(0n), outputPerMtok: nanoUsdPerMtok(0n) };

type Terms = Omit<z.output<typeof partner>, 'provider' | 'pricing' | 'is_free'>;

function termsOf({ context_length: contextLength, ...flags }: Terms) {
  const supports = [
    ...(flags.supports_structured_output === true ? ['structured_outputs'] : []),
    ...(flags.supports_tools === true ? ['tools'] : []),
  ];
  return {
    ...toContextLength(contextLength),
    ...(flags.supports_tools == null ? {} : { supports }),
  };
}

function availableOf({ status, throughput, first_token_latency_ms: latency }: Terms) {
  return {
    healthy: status == null || status === 'live',
    ...(latency == null || latency < 0 ? {} : { latencyMs: Math.round(latency) }),
    ...(throughput == null || throughput < 0 ? {} : { tokensPerSecond: throughput }),
  };
}
