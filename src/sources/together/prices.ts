/** Reads Together's token prices of the models that its serverless endpoints offer. */

import { z } from 'zod';
import { recordList } from '../../platform/schemaFields.ts';
import { decimalText, plainNumber } from '../../platform/responseSchemas.ts';
import { type ApiPull, type ApiQuestion, question } from '../api.ts';
import { freeText, providerName } from '../fieldTypes.ts';
import {
  type QuestionFactory,
  toContextLength,
  type ModelOffers,
  toProviderOffer,
  parseListedModel,
  requireModels,
  readSoldPrices,
  type UnreadModel,
  wantsPrices,
} from '../priceList.ts';
import { readRecords } from '../records.ts';
import type { TogetherOptions } from './options.ts';

const model = z.object({
  id: providerName,
  context_length: plainNumber.nullish().catch(undefined),
  pricing: z
    .object({
      input: decimalText.nullish(),
      output: decimalText.nullish(),
      cached_input: decimalText.nullish(),
    })
    .nullish(),
});
const modelsAnswer = recordList(model);

const serverless = z.object({
  model: providerName,
  type: freeText.nullish(),
  state: freeText.nullish(),
});
const serverlessAnswer = z.object({ data: recordList(serverless) });

/**
 * The list of models includes some that need a dedicated endpoint. The serverless endpoints show
 * which can be called, and without that list no price is stored.
 */
export function* priceQuestions(
  pull: ApiPull<TogetherOptions>,
  ask: QuestionFactory,
): Generator<ApiQuestion> {
  if (!wantsPrices(pull.request)) return;
  const callable: { models?: ReadonlySet<string>; isWhole: boolean } = { isWhole: false };
  yield question({
    kind: 'together.endpoints.serverless',
    path: ['endpoints'],
    query: { type: 'serverless' },
    expects: 'data',
    answer: serverlessAnswer,
    read: (_body, answer) => {
      requireModels(answer, answer.where);
      const { facts, ...trouble } = readRecords(answer.items(), serverless, (item) => item);
      const started = facts.filter(
        ({ fact: { type, state } }) =>
          (type ?? 'serverless') === 'serverless' && (state ?? 'STARTED') === 'STARTED',
      );
      callable.models = new Set(started.map(({ fact }) => fact.model));
      callable.isWhole = trouble.rejects.length === 0;
      return trouble;
    },
  });
  const called = callable.models;
  if (called === undefined) return;
  yield* ask(pull, {
    kind: 'together.models',
    path: ['models'],
    isBareList: true,
    answer: modelsAnswer,
    offersOf: (record) => callableOffers(record, { called, ...callable }),
  });
}

interface Callable {
  readonly called: ReadonlySet<string>;
  /** False if an endpoint was unreadable; it may be any model's. */
  readonly isWhole: boolean;
}

function callableOffers(record: unknown, { called, isWhole }: Callable): ModelOffers | UnreadModel {
  const result = parseListedModel(model, record);
  if ('fault' in result) return result;
  const { id, pricing, context_length: contextLength } = result.read;
  if (!called.has(id) && !isWhole) {
    return { model: id, fault: 'an unreadable serverless endpoint may belong to it' };
  }
  if (!called.has(id)) return { model: id, offers: [] };
  const prices = readSoldPrices([
    ['inputPerMtok', 'pricing.input', pricing?.input],
    ['outputPerMtok', 'pricing.output', pricing?.output],
    ['cachedInputPerMtok', 'pricing.cached_input', pricing?.cached_input],
  ]);
  const quantization = precisionOf(id);
  return toProviderOffer(id, SELLER, { prices, quantization, ...toContextLength(contextLength) });
}

const SELLER = { host: 'together', hostName: 'Together' };

/** Together states a precision only in some ids: `Qwen3-235B-A22B-FP8`. */
function precisionOf(id: string): string | undefined {
  return /[-_](fp8|fp16|bf16|fp4|int8|int4|nvfp4|mxfp4)(?:$|[-_])/i.exec(id)?.[1];
}
