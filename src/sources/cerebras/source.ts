/** What Cerebras is asked: its public models with their prices, in dollars for one token. */

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
import type { CerebrasOptions } from './options.ts';

const model = z.object({
  id: nameText,
  pricing: z.object({ prompt: decimalText.nullish(), completion: decimalText.nullish() }).nullish(),
  limits: z.object({ max_context_length: plainNumber.nullish() }).nullish().catch(undefined),
});
const modelsAnswer = z.object({ data: listOf(model) });
const named = z.object({ id: nameText });

const api: Api<CerebrasOptions> = {
  kind: 'cerebras',
  auth: bearer(({ apiKey }) => apiKey),
  questions: (pull) =>
    listQuestions(pull, {
      kind: 'cerebras.models',
      path: ['public', 'v1', 'models'],
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
  const { id, pricing, limits } = read.data;
  const prices = soldPrices(
    [
      ['inputPerMtok', 'pricing.prompt', pricing?.prompt],
      ['outputPerMtok', 'pricing.completion', pricing?.completion],
    ],
    USD_PER_TOKEN,
  );
  if (prices === undefined) return { model: id, offers: [] };
  if (typeof prices === 'string') return { model: id, fault: prices };
  return {
    model: id,
    offers: [
      {
        host: 'cerebras',
        hostName: 'Cerebras',
        prices,
        ...contextTerm(limits?.max_context_length),
      },
    ],
  };
}
