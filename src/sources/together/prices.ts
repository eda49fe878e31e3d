/** What Together asks for tokens: its priced models, of those that can be called without more. */

import { z } from 'zod';
import { fieldsOf, listOf } from '../../platform/readFields.ts';
import { decimalText, faultOf, plainNumber, readWire } from '../../platform/wire.ts';
import type { Pull, Question } from '../api.ts';
import { labelText, nameText } from '../fieldTypes.ts';
import {
  contextTerm,
  type ModelOffers,
  readPriceList,
  requireModels,
  soldPrices,
  type UnreadModel,
} from '../priceList.ts';
import { readRecords } from '../records.ts';
import { wants } from '../source.ts';
import type { TogetherOptions } from './options.ts';

const model = z.object({
  id: nameText,
  context_length: plainNumber.nullish().catch(undefined),
  pricing: z
    .object({
      input: decimalText.nullish(),
      output: decimalText.nullish(),
      cached_input: decimalText.nullish(),
    })
    .nullish(),
});
const modelsAnswer = listOf(model);
const named = z.object({ id: nameText });

const serverless = z.object({
  model: nameText,
  type: labelText.nullish(),
  state: labelText.nullish(),
});
const serverlessAnswer = z.object({ data: listOf(serverless) });

/**
 * Its list of models has also those that need an endpoint of one's own: which can be called is told
 * by the serverless endpoints, and without that list no price is taken.
 */
export function* priceQuestions(pull: Pull<TogetherOptions>): Generator<Question> {
  const { id: sourceId, request } = pull;
  const { models } = request;
  if (!wants(request, 'prices') || models.length === 0) return;
  const callable: { models?: ReadonlySet<string>; isWhole: boolean } = { isWhole: false };
  yield {
    kind: 'together.endpoints.serverless',
    path: ['endpoints'],
    query: { type: 'serverless' },
    expects: 'data',
    fields: fieldsOf(serverlessAnswer),
    read(answer, { where }) {
      readWire(serverlessAnswer, answer.frame, where);
      requireModels(answer, where);
      const { facts, ...trouble } = readRecords(answer.items(), serverless, (item) => item);
      const started = facts.filter(
        ({ fact: { type, state } }) =>
          (type ?? 'serverless') === 'serverless' && (state ?? 'STARTED') === 'STARTED',
      );
      callable.models = new Set(started.map(({ fact }) => fact.model));
      callable.isWhole = trouble.rejects.length === 0;
      return trouble;
    },
  };
  const called = callable.models;
  if (called === undefined) return;
  yield {
    kind: 'together.models',
    path: ['models'],
    expects: 'data',
    isBareList: true,
    fields: fieldsOf(modelsAnswer),
    read(answer, { where, askedAtMs: takenAtMs }) {
      readWire(modelsAnswer, answer.frame, where);
      requireModels(answer, where);
      const offersOf = (record: unknown) => callableOffers(record, { called, ...callable });
      return readPriceList(answer.items(), offersOf, { sourceId, models, takenAtMs });
    },
  };
}

interface Callable {
  readonly called: ReadonlySet<string>;
  /** False where an endpoint could not be read: it may be anybody's. */
  readonly isWhole: boolean;
}

function callableOffers(record: unknown, { called, isWhole }: Callable): ModelOffers | UnreadModel {
  const read = model.safeParse(record);
  if (!read.success) {
    return { model: named.safeParse(record).data?.id, fault: faultOf(read.error) };
  }
  const { id, pricing, context_length: contextLength } = read.data;
  if (!called.has(id) && !isWhole) {
    return { model: id, fault: 'a serverless endpoint that could not be read may be its' };
  }
  if (!called.has(id)) return { model: id, offers: [] };
  const prices = soldPrices([
    ['inputPerMtok', 'pricing.input', pricing?.input],
    ['outputPerMtok', 'pricing.output', pricing?.output],
    ['cachedInputPerMtok', 'pricing.cached_input', pricing?.cached_input],
  ]);
  if (prices === undefined) return { model: id, offers: [] };
  if (typeof prices === 'string') return { model: id, fault: prices };
  const offer = { host: 'together', hostName: 'Together', quantization: precisionOf(id), prices };
  return { model: id, offers: [{ ...offer, ...contextTerm(contextLength) }] };
}

/** Together names a precision in the id alone, and not always: `Qwen3-235B-A22B-FP8`. */
function precisionOf(id: string): string | undefined {
  return /[-_](fp8|fp16|bf16|fp4|int8|int4|nvfp4|mxfp4)(?:$|[-_])/i.exec(id)?.[1];
}
