/** Which models a source has prices of: its list is asked as for a pull, and nothing is kept. */

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

/** The models of the lists that a source asks for with `ask`. */
export function listingsOf<Options extends ApiOptions>(
  api: Api<Options>,
  questions: (pull: Pull<Options>, ask: AskList) => Iterable<Question>,
): (setting: Setting<Options>) => Promise<ModelListing[]> {
  return (setting) => {
    const found: ModelListing[] = [];
    const ask: AskList = ({ id }, question) => [hearing(id, question, found)];
    return listed({ ...api, questions: (pull) => questions(pull, ask) }, setting, found);
  };
}

/**
 * Asks and answers what was found.
 * @throws {Failure} the first one that an answer met.
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

/** Nothing of the answer is kept, so nothing need be left out. */
const ALL: Fields = {
  scalar: true,
  get list() {
    return ALL;
  },
  member: () => ALL,
};

/** A record that cannot be read is left out, for nothing but a proposal rests on it. */
function hearing(sourceId: string, list: ListQuestion, found: ModelListing[]): Question {
  const { answer: schema, offersOf, isByWeights, ...question } = list;
  return {
    ...question,
    expects: 'data',
    fields: ALL,
    read(answer, { where }) {
      readWire(schema, answer.frame, where);
      requireModels(answer, where);
      for (const record of answer.items()) {
        const told = offersOf(record);
        if ('fault' in told) continue;
        const id = isByWeights === true ? told.model : weights.safeParse(record).data;
        found.push(...listingOf(sourceId, told, id));
      }
      return {};
    },
  };
}

/** As OpenRouter's list and those that follow it name them. */
const weights = z.object({ hugging_face_id: nameText }).transform(({ hugging_face_id: id }) => id);

/** What nobody sells by token is no equivalent, and what is free is none either. */
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
