/** Lists the endpoints that may serve the tokens, with their prices resolved by conditions. */

import { DAY_MS, type Period } from '../../domain/period.ts';
import type { HostAvailability, HostedPrice } from '../../domain/price.ts';
import { companyName } from '../../domain/providers.ts';
import type { Equivalent, HostedInput } from '../input.ts';
import {
  dailyPriceEdges,
  promptThresholds,
  resolveConditions,
  type ResolvedPrices,
  withoutConditions,
} from './resolvedPrices.ts';

export interface HostCandidate {
  readonly equivalent: Equivalent;
  readonly host: string;
  readonly history: PriceHistory;
  /** Batch prices; absent if it sells no batches. */
  readonly batch?: ResolvedPrices;
}

export interface HostCandidates {
  readonly all: readonly HostCandidate[];
  /** Prompt sizes with different prices at any endpoint, sorted. */
  readonly thresholds: readonly number[];
  /** Instants at which a price changes within a day, sorted. */
  readonly edgesMs: Float64Array;
  /** These and all other instants at which a price changes. */
  readonly changesMs: readonly number[];
}

export function findCandidates(
  hosted: HostedInput,
  book: PriceBook,
  window: Period,
): HostCandidates {
  const found = hosted.equivalents.flatMap((equivalent) =>
    (book.get(modelKey(equivalent.sourceId, equivalent.model)) ?? []).map((offer) => ({
      equivalent,
      ...offer,
    })),
  );
  const merged = mergeSecondHand(found);
  const prices = merged.flatMap(({ history }) => [...history.prices, ...history.batch]);
  const isPlain = prices.every(({ overrides }) => overrides === undefined);
  const thresholds = isPlain ? [] : sortedOnce(merged.flatMap(thresholdsIn));
  const all = merged.map((each) => resolvePrices(each, { thresholds, window, isPlain }));
  const edges = isPlain ? [] : merged.flatMap(({ history }) => edgesOf(history, window));
  const changes = all.flatMap(({ history, batch }) => [
    ...Array.from(history.resolved.startsMs),
    ...Array.from(batch?.startsMs ?? []),
  ]);
  return { all, thresholds, edgesMs: Float64Array.from(sortedOnce(edges)), changesMs: changes };
}

function sortedOnce(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function thresholdsIn({ equivalent, history }: HostCandidate): number[] {
  return promptThresholds([...history.prices, ...history.batch], equivalent.tokenRatio);
}

function edgesOf({ prices, batch }: PriceHistory, window: Period): number[] {
  return [...dailyPriceEdges(prices, window), ...dailyPriceEdges(batch, window)];
}

interface Conditions {
  readonly thresholds: readonly number[];
  readonly window: Period;
  readonly isPlain: boolean;
}

function resolvePrices(candidate: HostCandidate, { isPlain, ...terms }: Conditions): HostCandidate {
  const { history, equivalent } = candidate;
  const { tokenRatio } = equivalent;
  const asked = (prices: readonly HostedPrice[]) =>
    isPlain ? withoutConditions(prices) : resolveConditions(prices, { ...terms, tokenRatio });
  const batchPrices = soldUntilDue(history.batch, terms.window);
  const batch = batchPrices.length === 0 ? {} : { batch: asked(batchPrices) };
  if (isPlain) return { ...candidate, ...batch };
  return { ...candidate, history: { ...history, resolved: asked(history.prices) }, ...batch };
}

/** Providers promise to complete a batch within a day. */
const TURNAROUND_MS = DAY_MS;

/**
 * Batch prices by submission time. A batch due after the price has ended cannot be bought: if it
 * ended on Tuesday at noon, the last batch is submitted on Monday at noon.
 */
function soldUntilDue(prices: readonly HostedPrice[], { endMs }: Period): readonly HostedPrice[] {
  const ends = prices.filter(({ offered, validFromMs }) => !offered && validFromMs < endMs);
  return ends.reduce<readonly HostedPrice[]>((sold, { validFromMs: endedMs }) => {
    const lastMs = endedMs - TURNAROUND_MS;
    const before = sold.findLast(({ validFromMs }) => validFromMs <= lastMs);
    const ending = before === undefined ? [] : [{ ...before, validFromMs: lastMs, offered: false }];
    const rest = sold.map((price) =>
      price.validFromMs > lastMs && price.validFromMs < endedMs
        ? { ...price, offered: false }
        : price,
    );
    return [...rest, ...ending].sort((a, b) => a.validFromMs - b.validFromMs);
  }, prices);
}

/**
 * Merges second-hand prices of a company into its own. They count until the first price it states
 * itself, and are not a separate endpoint.
 */
function mergeSecondHand(found: readonly HostCandidate[]): HostCandidate[] {
  const isSecondHand = ({ history }: HostCandidate) =>
    history.prices.length > 0 && history.prices.every(({ secondHand }) => secondHand === true);
  const indirect = Map.groupBy(found.filter(isSecondHand), candidateCompany);
  if (indirect.size === 0) return [...found];
  const direct = found.filter((each) => !isSecondHand(each));
  const known = new Set(direct.map(candidateCompany));
  return found.flatMap((each) => {
    const company = candidateCompany(each);
    if (isSecondHand(each)) return known.has(company) ? [] : [each];
    const others = indirect.get(company) ?? [];
    return [others.length === 0 ? each : addSecondHand(each, others[0]?.history)];
  });
}

function addSecondHand(
  candidate: HostCandidate,
  indirect: PriceHistory | undefined,
): HostCandidate {
  const { history } = candidate;
  const prices = preferOwnPrices(
    [...(indirect?.prices ?? []), ...history.prices].sort((a, b) => a.validFromMs - b.validFromMs),
  );
  return { ...candidate, history: { ...history, prices, resolved: withoutConditions(prices) } };
}

/** The company by the endpoint's newest name. */
export function candidateCompany({
  host,
  history,
}: Pick<HostCandidate, 'host' | 'history'>): string {
  const hostName = history.prices.at(-1)?.hostName;
  return companyName({ host, hostName });
}

export interface PriceHistory {
  /** At the standard tier, oldest first; a price is in force until the next one. */
  readonly prices: readonly HostedPrice[];
  /** The same for the batch tier; empty if none is sold. */
  readonly batch: readonly HostedPrice[];
  /** `prices` with resolved conditions. */
  readonly resolved: ResolvedPrices;
  readonly availability: readonly HostAvailability[];
}

/** A host's offer of a model: one, or one for each quantization sold at the same time. */
export interface ModelOffer {
  readonly host: string;
  readonly history: PriceHistory;
}

/** Offers by model of a source. */
export type PriceBook = ReadonlyMap<string, readonly ModelOffer[]>;

export function modelKey(sourceId: string, model: string): string {
  return `${sourceId}\u0000${model}`;
}

export function priceBook(
  prices: readonly HostedPrice[],
  availability: readonly HostAvailability[],
): PriceBook {
  const seen = Map.groupBy(availability, (each) => hostKey(each));
  const weighed = prices.filter(({ serviceTier: tier }) => tier === undefined || tier === 'batch');
  const byModel = Map.groupBy(weighed, ({ sourceId, model }) => modelKey(sourceId, model));
  return new Map(
    [...byModel].map(([model, of]) => [
      model,
      [...Map.groupBy(of, ({ host }) => host)].flatMap(([host, own]) =>
        offersIn(own).map((each) => ({ host, history: history(each) })),
      ),
    ]),
  );

  function history(own: readonly HostedPrice[]): PriceHistory {
    const [first] = own;
    const standard = ofTier(own, undefined);
    return {
      prices: standard,
      batch: ofTier(own, 'batch'),
      resolved: withoutConditions(standard),
      availability: first === undefined ? [] : (seen.get(hostKey(first)) ?? []),
    };
  }
}

/**
 * A host that changes from one quantization to another has one offer. If it sells several at once,
 * each is an offer: fp8 at $0.10 does not end when bf16 comes at $0.90. Prices without a
 * quantization apply to all.
 */
function offersIn(prices: readonly HostedPrice[]): (readonly HostedPrice[])[] {
  const standard = ofTier(prices, undefined);
  const own = standard.filter(({ secondHand }) => secondHand !== true);
  const relevant = own.length > 0 ? own : standard;
  if (!isSoldInParallel(relevant)) return [prices];
  const sold = relevant.filter(({ offered, quantization }) => offered && quantization !== UNKNOWN);
  const names = new Set(sold.map(({ quantization }) => quantization));
  return [...names].map((name) =>
    prices.filter(({ quantization }) => quantization === name || quantization === UNKNOWN),
  );
}

const UNKNOWN = 'unknown';

/** Whether two named quantizations are sold at one time. Prices are oldest first. */
function isSoldInParallel(prices: readonly HostedPrice[]): boolean {
  const sold = new Set<string>();
  return prices.some(({ quantization, offered, validFromMs }, at) => {
    if (quantization === UNKNOWN) sold.clear();
    else if (offered) sold.add(quantization);
    else sold.delete(quantization);
    return sold.size > 1 && prices[at + 1]?.validFromMs !== validFromMs;
  });
}

function ofTier(prices: readonly HostedPrice[], tier: HostedPrice['serviceTier']): HostedPrice[] {
  const own = prices.filter(({ serviceTier }) => serviceTier === tier);
  return preferOwnPrices(own.toSorted((a, b) => a.validFromMs - b.validFromMs));
}

/**
 * Second-hand prices count only until the first price of the provider itself. From then on only its
 * own prices count, including that nothing is sold any more.
 */
function preferOwnPrices(prices: readonly HostedPrice[]): HostedPrice[] {
  const firstMs = prices.find(({ secondHand }) => secondHand !== true)?.validFromMs ?? Infinity;
  return prices.filter((each) => each.secondHand !== true || each.validFromMs < firstMs);
}

function hostKey(host: { sourceId: string; model: string; host: string }): string {
  return `${modelKey(host.sourceId, host.model)}\u0000${host.host}`;
}
