/** Lists the models that a source has prices for. The answers are not stored. */

import { z } from 'zod';
import type { ModelListing } from '../domain/equivalents.ts';
import { Failure } from '../domain/failure.ts';
import type { JsonFields } from '../platform/jsonFilter.ts';
import { parseResponse } from '../platform/responseSchemas.ts';
import type { Api, ApiOptions, ApiPull, ApiQuestion } from './api.ts';
import { createPull } from './driver.ts';
import { providerName } from './fieldTypes.ts';
import {
  type QuestionFactory,
  type ListQuestion,
  type ModelOffers,
  type ListedOffer,
  requireModels,
} from './priceList.ts';
import type { PullRequest, SourceContext } from './source.ts';

/** Returns a function that lists the models in the lists which `questions` requests with `ask`. */
export function createListings<Options extends ApiOptions>(
  api: Api<Options>,
  questions: (pull: ApiPull<Options>, ask: QuestionFactory) => Iterable<ApiQuestion>,
): (setting: SourceContext<Options>) => Promise<ModelListing[]> {
  return (setting) => {
    const found: ModelListing[] = [];
    const ask: QuestionFactory = ({ id }, question) => [listQuestion(id, question, found)];
    return runListings({ ...api, questions: (pull) => questions(pull, ask) }, setting, found);
  };
}

/**
 * Runs the questions and returns what they found.
 * @throws {Failure} the first failure of a fetch.
 */
export async function runListings<Options extends ApiOptions>(
  api: Api<Options>,
  setting: SourceContext<Options>,
  found: readonly ModelListing[],
): Promise<ModelListing[]> {
  for await (const { fetch } of createPull(api)(setting, EVERY_MODEL)) {
    if (fetch.failure === undefined) continue;
    const { code, message } = fetch.failure;
    throw new Failure(code, message, { where: fetch.url });
  }
  return [...found];
}

const EVERY_MODEL: PullRequest = {
  window: { startMs: 0, endMs: 1 },
  usage: [],
  models: ['*'],
  facts: ['prices'],
};

/** Keeps every field, since the answer is not stored. */
const ALL: JsonFields = {
  scalar: true,
  get list() {
    return ALL;
  },
  member: () => ALL,
};

/**
 * The question for a list. A record that cannot be read is left out, since only suggestions use it.
 */
function listQuestion(sourceId: string, list: ListQuestion, found: ModelListing[]): ApiQuestion {
  const { answer: schema, offersOf, isByWeights, ...question } = list;
  return {
    ...question,
    expects: 'data',
    fields: ALL,
    read(answer, { where }) {
      parseResponse(schema, answer.frame, where);
      requireModels(answer, where);
      for (const record of answer.items()) {
        const entry = offersOf(record);
        if ('fault' in entry) continue;
        const id = isByWeights === true ? entry.model : weights.safeParse(record).data;
        found.push(...toListing(sourceId, entry, id));
      }
      return {};
    },
  };
}

/** The Hugging Face id, as OpenRouter and lists in its format name it. */
const weights = z
  .object({ hugging_face_id: providerName })
  .transform(({ hugging_face_id: id }) => id);

/**
 * The listing of a model. Empty if all its offers are free or unreadable: such a model is no hosted
 * equivalent.
 */
export function toListing(
  sourceId: string,
  { model, offers }: ModelOffers,
  huggingFaceId?: string,
): ModelListing[] {
  const sold = offers.filter((offer): offer is ListedOffer => !('fault' in offer) && !offer.isFree);
  if (sold.length === 0) return [];
  const contexts = sold.flatMap(({ contextLength }) => contextLength ?? []);
  return [
    {
      sourceId,
      model,
      ...(huggingFaceId === undefined ? {} : { huggingFaceId }),
      ...(contexts.length === 0 ? {} : { contextLength: Math.max(...contexts) }),
      quantizations: [...new Set(sold.map(({ quantization }) => quantization ?? 'unknown'))].sort(),
      ...(sold.every(({ secondHand }) => secondHand === true) ? { secondHand: true } : {}),
    },
  ];
}
