/** Lists the models that a source has prices for. The answers are not stored. */

import { z } from 'zod';
import type { ModelListing } from '../domain/equivalents.ts';
import { Failure } from '../domain/failure.ts';
import type { Fields } from '../platform/jsonSieve.ts';
import { readWire } from '../platform/wire.ts';
import type { Api, ApiOptions, Pull, Question } from './api.ts';
import { pullerOf } from './driver.ts';
import { nameText } from './fieldTypes.ts';
import {
  type AskList,
  type ListQuestion,
  type ModelOffers,
  type Offer,
  requireModels,
} from './priceList.ts';
import type { PullRequest, Setting } from './source.ts';

/** Returns a function that lists the models in the lists which `questions` requests with `ask`. */
export function listingsOf<Options extends ApiOptions>(
  api: Api<Options>,
  questions: (pull: Pull<Options>, ask: AskList) => Iterable<Question>,
): (setting: Setting<Options>) => Promise<ModelListing[]> {
  return (setting) => {
    const found: ModelListing[] = [];
    const ask: AskList = ({ id }, question) => [listQuestion(id, question, found)];
    return listed({ ...api, questions: (pull) => questions(pull, ask) }, setting, found);
  };
}

/**
 * Runs the questions and returns what they found.
 * @throws {Failure} the first failure of a fetch.
 */
export async function listed<Options extends ApiOptions>(
  api: Api<Options>,
  setting: Setting<Options>,
  found: readonly ModelListing[],
): Promise<ModelListing[]> {
  for await (const { fetch } of pullerOf(api)(setting, EVERY_MODEL)) {
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
const ALL: Fields = {
  scalar: true,
  get list() {
    return ALL;
  },
  member: () => ALL,
};

/**
 * The question for a list. A record that cannot be read is left out, since only suggestions use it.
 */
function listQuestion(sourceId: string, list: ListQuestion, found: ModelListing[]): Question {
  const { answer: schema, offersOf, isByWeights, ...question } = list;
  return {
    ...question,
    expects: 'data',
    fields: ALL,
    read(answer, { where }) {
      readWire(schema, answer.frame, where);
      requireModels(answer, where);
      for (const record of answer.items()) {
        const entry = offersOf(record);
        if ('fault' in entry) continue;
        const id = isByWeights === true ? entry.model : weights.safeParse(record).data;
        found.push(...listingOf(sourceId, entry, id));
      }
      return {};
    },
  };
}

/** The Hugging Face id, as OpenRouter and lists in its format name it. */
const weights = z.object({ hugging_face_id: nameText }).transform(({ hugging_face_id: id }) => id);

/**
 * The listing of a model. Empty if all its offers are free or unreadable: such a model is no hosted
 * equivalent.
 */
export function listingOf(
  sourceId: string,
  { model, offers }: ModelOffers,
  huggingFaceId?: string,
): ModelListing[] {
  const sold = offers.filter((offer): offer is Offer => !('fault' in offer) && !offer.isFree);
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
