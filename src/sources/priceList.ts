/** Reads a list of models with their prices, from providers and catalogs. */

import { Failure } from '../domain/failure.ts';
import {
  type HostAvailability,
  type HostedPrice,
  type PriceSnapshot,
  type TokenPrices,
  USD_PER_MTOK,
} from '../domain/price.ts';
import { z } from 'zod';
import type { Located, Reject } from '../domain/provenance.ts';
import { shortText } from '../platform/json.ts';
import type { JsonList } from '../platform/jsonList.ts';
import { firstFaultText } from '../platform/responseSchemas.ts';
import { type AnswerFacts, type ApiPull, type ApiQuestion, question } from './api.ts';
import { providerName } from './fieldTypes.ts';
import { REJECT_LIMIT, toReject, rejectWarnings } from './records.ts';
import { type PullRequest, requestsFact } from './source.ts';
import { type PriceText, parseTokenPrices } from './tokenPrices.ts';

/** One price that a provider offers for a model. */
export interface ListedOffer
  extends Pick<
    HostedPrice,
    | 'host'
    | 'hostName'
    | 'serviceTier'
    | 'overrides'
    | 'contextLength'
    | 'region'
    | 'supports'
    | 'secondHand'
  > {
  readonly prices: TokenPrices;
  readonly quantization?: string | undefined;
  /** True only if the source states it. A price of 0 alone may mean an unknown price. */
  readonly isFree?: boolean;
  readonly available?: Omit<HostAvailability, 'sourceId' | 'model' | 'host' | 'observedAtMs'>;
}

/** An offer that cannot be read: the provider's name and the fault. */
export interface UnreadListedOffer {
  readonly host: string | null;
  readonly fault: string;
}

export interface ModelOffers {
  readonly model: string;
  readonly offers: readonly (ListedOffer | UnreadListedOffer)[];
}

/** A record that cannot be read: its model, if known, and the fault. */
export interface UnreadModel {
  readonly model: string | undefined;
  readonly fault: string;
}

interface ListContext {
  readonly sourceId: string;
  readonly takenAtMs: number;
  /** Models whose prices are requested, by their names in the list. */
  readonly models: readonly string[];
}

/**
 * One snapshot per requested model. A model that is missing from a readable list is not sold. If a
 * record cannot be read, the models that it may be about count as still sold.
 */
export function readPriceList(
  records: Iterable<unknown>,
  offersOf: (record: unknown) => ModelOffers | UnreadModel,
  context: ListContext,
): AnswerFacts {
  const wanted = new Map(context.models.map((model) => [model, new Found()]));
  const rejects: Reject[] = [];
  let [position, rejected, isAnyUnread] = [-1, 0, false];
  const reject = (record: unknown, fault: string) => {
    rejected += 1;
    if (rejects.length < REJECT_LIMIT) rejects.push(toReject(position, record, fault));
  };
  for (const record of records) {
    position += 1;
    const read = offersOf(record);
    const entry = read.model === undefined ? undefined : wanted.get(read.model);
    if ('fault' in read) {
      if (read.model === undefined) isAnyUnread = true;
      entry?.unread.push(null);
      if (read.model === undefined || entry !== undefined) reject(record, read.fault);
      continue;
    }
    if (entry === undefined) continue;
    entry.position ??= position;
    for (const offer of read.offers) {
      if ('fault' in offer) {
        entry.unread.push(offer.host);
        reject(record, offer.fault);
      } else entry.offers.push(offer);
    }
  }
  const priceSnapshots = [...wanted].map(([model, entry], at): Located<PriceSnapshot> => {
    const unread = isAnyUnread ? [...entry.unread, null] : entry.unread;
    const fact = snapshotOf(model, { offers: entry.offers, unread }, context);
    return { position: entry.position ?? at, fact: { ...fact, isOfList: true } };
  });
  const missing = [...wanted].filter(([, { position: found }]) => found === undefined);
  return {
    priceSnapshots,
    ...(rejects.length === 0 ? {} : { rejects }),
    warnings: [
      ...rejectWarnings(rejected),
      ...missing.map(
        ([model]) => ({ code: 'model-not-listed', model: shortText(model, 80) }) as const,
      ),
    ],
  };
}

class Found {
  readonly offers: ListedOffer[] = [];
  readonly unread: (string | null)[] = [];
  position: number | undefined;
}

function snapshotOf(
  model: string,
  { offers, unread }: { readonly offers: readonly ListedOffer[]; readonly unread: Found['unread'] },
  { sourceId, takenAtMs }: ListContext,
): PriceSnapshot {
  const common = { sourceId, model };
  return {
    ...common,
    takenAtMs,
    prices: offers.map((offer) => toHostedPrice(offer, { ...common, validFromMs: takenAtMs })),
    ...(unread.length === 0 ? {} : { unread }),
    availability: offers.flatMap(({ host, available }) =>
      available === undefined ? [] : [{ ...common, host, observedAtMs: takenAtMs, ...available }],
    ),
  };
}

/** Converts an offer to a price that is valid from a given moment. */
export function toHostedPrice(
  { prices, quantization, isFree = false, available: _seen, ...terms }: ListedOffer,
  identity: Pick<HostedPrice, 'sourceId' | 'model' | 'validFromMs'>,
): HostedPrice {
  return {
    ...identity,
    ...terms,
    quantization: quantization?.toLowerCase() ?? 'unknown',
    ...prices,
    free: isFree,
    offered: true,
  };
}

/**
 * The prices of a list without those of 0. There, 0 stands for an unknown price or for a model that
 * is not sold by token. Returns `undefined` if no token price is left. A null input or output price
 * beside a known one is a fault.
 */
export function readSoldPrices(
  texts: readonly PriceText[],
  scale = USD_PER_MTOK,
): TokenPrices | string | undefined {
  const whole = texts.filter(([name]) => name === 'inputPerMtok' || name === 'outputPerMtok');
  const [missing] = whole.filter(([, , text]) => text === null);
  const isPartial = missing !== undefined && whole.some(([, , text]) => typeof text === 'string');
  if (isPartial) return `${missing[1]}: found null, expected a price`;
  const prices = parseTokenPrices(texts, scale);
  if (typeof prices === 'string') return prices;
  const sold = Object.entries(prices).filter(([, price]) => price !== 0n);
  const isSold = sold.some(([name]) => name === 'inputPerMtok' || name === 'outputPerMtok');
  return isSold ? Object.fromEntries(sold) : undefined;
}

/** The context length, if it is a positive whole number of tokens. */
export function toContextLength(tokens: number | null | undefined): { contextLength?: number } {
  return Number.isSafeInteger(tokens) && tokens != null && tokens > 0
    ? { contextLength: tokens }
    : {};
}

/**
 * Checks that the list has models. An empty list is not a valid answer of a provider.
 * @throws {Failure} `malformed`
 */
export function requireModels({ count }: JsonList, where: string): void {
  if (count > 0) return;
  throw new Failure('malformed', `${where} lists no models`, {
    where,
    hint: 'known prices are kept; ask the provider if this continues',
  });
}

const named = z.object({ id: providerName });

/** Parses a record as a model of its list. If it cannot be read, returns its id and the fault. */
export function parseListedModel<Model>(
  schema: z.ZodType<Model>,
  record: unknown,
): { readonly read: Model } | UnreadModel {
  const read = schema.safeParse(record);
  if (read.success) return { read: read.data };
  return { model: named.safeParse(record).data?.id, fault: firstFaultText(read.error) };
}

/**
 * What a provider charges for one of its own models. Without prices, the model is not sold by
 * token.
 */
interface ProviderOffer extends Omit<ListedOffer, 'host' | 'hostName' | 'prices'> {
  readonly prices: ReturnType<typeof readSoldPrices>;
}

/** Reads the records of a provider's own list, where each model has one offer. */
export function ownOffers<Model extends { readonly id: string }>(
  schema: z.ZodType<Model>,
  seller: Seller,
  offerOf: (model: Model) => ProviderOffer,
): (record: unknown) => ModelOffers | UnreadModel {
  return (record) => {
    const result = parseListedModel(schema, record);
    if ('fault' in result) return result;
    return toProviderOffer(result.read.id, seller, offerOf(result.read));
  };
}

type Seller = Required<Pick<ListedOffer, 'host' | 'hostName'>>;

/** The single offer that a provider makes for a model in its own list. */
export function toProviderOffer(
  model: string,
  seller: Seller,
  { prices, ...terms }: ProviderOffer,
): ModelOffers | UnreadModel {
  if (prices === undefined) return { model, offers: [] };
  if (typeof prices === 'string') return { model, fault: prices };
  return { model, offers: [{ ...seller, prices, ...terms }] };
}

/** How a provider's list is requested. */
export interface ListQuestion extends Pick<ApiQuestion, 'kind' | 'path' | 'query' | 'isBareList'> {
  /** Schema of the whole answer. The list is under `data`. */
  readonly answer: z.ZodType;
  readonly offersOf: Parameters<typeof readPriceList>[1];
  /** Set if the list names models by their Hugging Face ids. */
  readonly isByWeights?: true;
}

/**
 * Creates the questions for a list, either for the prices of requested models or for all models.
 */
export type QuestionFactory = (
  pull: Pick<ApiPull<unknown>, 'id' | 'request'>,
  question: ListQuestion,
) => Iterable<ApiQuestion>;

/** Whether the request asks for the prices of any model. */
export function wantsPrices(request: PullRequest): boolean {
  return requestsFact(request, 'prices') && request.models.length > 0;
}

/** The question for the list, if the request asks for prices of its models. */
export function* listQuestions(
  { id: sourceId, request }: Pick<ApiPull<unknown>, 'id' | 'request'>,
  { offersOf, isByWeights: _names, ...list }: ListQuestion,
): Generator<ApiQuestion> {
  const { models } = request;
  if (!wantsPrices(request)) return;
  yield question({
    ...list,
    expects: 'data',
    read: (_body, { where, askedAtMs: takenAtMs, ...answer }) => {
      requireModels(answer, where);
      return readPriceList(answer.items(), offersOf, { sourceId, models, takenAtMs });
    },
  });
}
