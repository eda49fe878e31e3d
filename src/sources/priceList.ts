/** One list of many models with their prices, as the sources read it that sell or catalog them. */

import { Failure } from '../domain/failure.ts';
import { USD_PER_MTOK } from '../domain/plausiblePrice.ts';
import { z } from 'zod';
import type { HostAvailability, HostedPrice, PriceSnapshot, TokenPrices } from '../domain/price.ts';
import type { Located } from '../domain/provenance.ts';
import type { Reject } from '../domain/reject.ts';
import { shortText } from '../platform/json.ts';
import type { ListBody } from '../platform/jsonList.ts';
import { fieldsOf } from '../platform/readFields.ts';
import { faultOf, readWire } from '../platform/wire.ts';
import type { Pull, Question, Read } from './api.ts';
import { nameText } from './fieldTypes.ts';
import { REJECT_LIMIT, rejectOf, rejectWarnings } from './records.ts';
import { type PullRequest, wants } from './source.ts';
import { type PriceText, readPrices } from './tokenPrices.ts';

/** What one record offers: a host's price for a model. */
export interface Offer
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
  /** True only where the source says so: a price of 0 alone may mean that it is not known. */
  readonly isFree?: boolean;
  readonly available?: Omit<HostAvailability, 'sourceId' | 'model' | 'host' | 'observedAtMs'>;
}

/** An offer that is there and cannot be read: whose it is, and what is wrong. */
export interface Unread {
  readonly host: string | null;
  readonly fault: string;
}

export interface ModelOffers {
  readonly model: string;
  readonly offers: readonly (Offer | Unread)[];
}

/** A record that cannot be read: whose model it is, where that is told. */
export interface UnreadModel {
  readonly model: string | undefined;
  readonly fault: string;
}

export interface ListContext {
  readonly sourceId: string;
  readonly takenAtMs: number;
  /** Models whose prices are wanted, by their names there. */
  readonly models: readonly string[];
}

/**
 * A snapshot of each wanted model. A model that a list with other records lacks is not sold; where
 * a record cannot be read, what it may be about has not stopped to be.
 */
export function readPriceList(
  records: Iterable<unknown>,
  offersOf: (record: unknown) => ModelOffers | UnreadModel,
  context: ListContext,
): Read {
  const wanted = new Map(context.models.map((model) => [model, new Told()]));
  const rejects: Reject[] = [];
  let [position, rejected, isAnyUnread] = [-1, 0, false];
  const reject = (record: unknown, fault: string) => {
    rejected += 1;
    if (rejects.length < REJECT_LIMIT) rejects.push(rejectOf(position, record, fault));
  };
  for (const record of records) {
    position += 1;
    const read = offersOf(record);
    const of = read.model === undefined ? undefined : wanted.get(read.model);
    if ('fault' in read) {
      if (read.model === undefined) isAnyUnread = true;
      of?.unread.push(null);
      if (read.model === undefined || of !== undefined) reject(record, read.fault);
      continue;
    }
    if (of === undefined) continue;
    of.position ??= position;
    for (const offer of read.offers) {
      if ('fault' in offer) {
        of.unread.push(offer.host);
        reject(record, offer.fault);
      } else of.offers.push(offer);
    }
  }
  const told = [...wanted].map(([model, of], at): Located<PriceSnapshot> => {
    const unread = isAnyUnread ? [...of.unread, null] : of.unread;
    const fact = snapshotOf(model, { offers: of.offers, unread }, context);
    return { position: of.position ?? at, fact: { ...fact, isOfList: true } };
  });
  const missing = [...wanted].filter(([, { position: found }]) => found === undefined);
  return {
    priceSnapshots: told,
    ...(rejects.length === 0 ? {} : { rejects }),
    warnings: [
      ...rejectWarnings(rejected),
      ...missing.map(([model]) => `${shortText(model, 80)} is not in the list of models`),
    ],
  };
}

class Told {
  readonly offers: Offer[] = [];
  readonly unread: (string | null)[] = [];
  position: number | undefined;
}

function snapshotOf(
  model: string,
  { offers, unread }: { readonly offers: readonly Offer[]; readonly unread: Told['unread'] },
  { sourceId, takenAtMs }: ListContext,
): PriceSnapshot {
  const of = { sourceId, model };
  return {
    ...of,
    takenAtMs,
    prices: offers.map((offer) => priceOf(offer, { ...of, validFromMs: takenAtMs })),
    ...(unread.length === 0 ? {} : { unread }),
    availability: offers.flatMap(({ host, available }) =>
      available === undefined ? [] : [{ ...of, host, observedAtMs: takenAtMs, ...available }],
    ),
  };
}

/** An offer as a price from a moment on. */
export function priceOf(
  { prices, quantization, isFree = false, available: _seen, ...terms }: Offer,
  of: Pick<HostedPrice, 'sourceId' | 'model' | 'validFromMs'>,
): HostedPrice {
  return {
    ...of,
    ...terms,
    quantization: quantization?.toLowerCase() ?? 'unknown',
    ...prices,
    free: isFree,
    offered: true,
  };
}

/**
 * Prices that a list tells, without those of 0: there it stands for a price that is not known, or
 * for what is not sold by token. `undefined` where nothing is left. A price of input or output that
 * is null beside the other is a fault.
 */
export function soldPrices(
  texts: readonly PriceText[],
  scale = USD_PER_MTOK,
): TokenPrices | string | undefined {
  const whole = texts.filter(([name]) => name === 'inputPerMtok' || name === 'outputPerMtok');
  const [nothing] = whole.filter(([, , text]) => text === null);
  const isHalf = nothing !== undefined && whole.some(([, , text]) => typeof text === 'string');
  if (isHalf) return `${nothing[1]}: found null, expected a price`;
  const told = readPrices(texts, scale);
  if (typeof told === 'string') return told;
  const sold = Object.entries(told).filter(([, price]) => price !== 0n);
  const isSold = sold.some(([name]) => name === 'inputPerMtok' || name === 'outputPerMtok');
  return isSold ? Object.fromEntries(sold) : undefined;
}

/** As much of a prompt as the model takes; nothing where that is no count of tokens. */
export function contextTerm(tokens: number | null | undefined): { contextLength?: number } {
  return Number.isSafeInteger(tokens) && tokens != null && tokens > 0
    ? { contextLength: tokens }
    : {};
}

/**
 * A provider that sells nothing at all has answered something else.
 * @throws {Failure} `malformed`
 */
export function requireModels({ count }: ListBody, where: string): void {
  if (count > 0) return;
  throw new Failure('malformed', `${where} lists no models`, {
    where,
    hint: 'known prices are kept; ask the provider if this continues',
  });
}

const named = z.object({ id: nameText });

/** A record as a model of its list, or whose it is and what is wrong with it. */
export function readModel<Model>(
  schema: z.ZodType<Model>,
  record: unknown,
): { readonly read: Model } | UnreadModel {
  const read = schema.safeParse(record);
  if (read.success) return { read: read.data };
  return { model: named.safeParse(record).data?.id, fault: faultOf(read.error) };
}

/** What a seller asks for one of its models; without prices it is not sold by token. */
export interface OwnOffer extends Omit<Offer, 'host' | 'hostName' | 'prices'> {
  readonly prices: ReturnType<typeof soldPrices>;
}

/** The one offer that a seller makes for a model of its own list. */
export function ownOffer(
  model: string,
  seller: Required<Pick<Offer, 'host' | 'hostName'>>,
  { prices, ...terms }: OwnOffer,
): ModelOffers | UnreadModel {
  if (prices === undefined) return { model, offers: [] };
  if (typeof prices === 'string') return { model, fault: prices };
  return { model, offers: [{ ...seller, prices, ...terms }] };
}

/** How a provider is asked for its list. */
export interface ListQuestion extends Pick<Question, 'kind' | 'path' | 'query' | 'isBareList'> {
  /** Of the whole answer; the list stands under `data`. */
  readonly answer: z.ZodType;
  readonly offersOf: Parameters<typeof readPriceList>[1];
  /** Set where models are named by their Hugging Face ids. */
  readonly isByWeights?: true;
}

/** Asks for a list: for the prices of wanted models, or for all that is on it. */
export type AskList = (
  pull: Pick<Pull<unknown>, 'id' | 'request'>,
  question: ListQuestion,
) => Iterable<Question>;

/** Whether the prices of any model are wanted. */
export function wantsPrices(request: PullRequest): boolean {
  return wants(request, 'prices') && request.models.length > 0;
}

/** The question for the list, where prices of its models are wanted. */
export function* listQuestions(
  { id: sourceId, request }: Pick<Pull<unknown>, 'id' | 'request'>,
  { answer: schema, offersOf, isByWeights: _names, ...question }: ListQuestion,
): Generator<Question> {
  const { models } = request;
  if (!wantsPrices(request)) return;
  yield {
    ...question,
    expects: 'data',
    fields: fieldsOf(schema),
    read(answer, { where, askedAtMs: takenAtMs }) {
      readWire(schema, answer.frame, where);
      requireModels(answer, where);
      return readPriceList(answer.items(), offersOf, { sourceId, models, takenAtMs });
    },
  };
}
