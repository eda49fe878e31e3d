/** Lists the endpoints that may serve the tokens, with their prices resolved by conditions. */

import { DAY_MS, type Period } from '../../domain/period.ts';
import type { HostedPrice } from '../../domain/price.ts';
import { companyOf } from '../../domain/sellers.ts';
import type { Equivalent, HostedInput } from '../input.ts';
import { type Asked, askedOf, plainly, thresholdsOf, windowEdges } from './asked.ts';
import { type HostHistory, modelKey, ownWordFirst, type PriceBook } from './priceBook.ts';

export interface Candidate {
  readonly equivalent: Equivalent;
  readonly host: string;
  readonly history: HostHistory;
  /** Batch prices; absent if it sells no batches. */
  readonly batch?: Asked;
}

export interface Candidates {
  readonly all: readonly Candidate[];
  /** Prompt sizes with different prices at any endpoint, sorted. */
  readonly thresholds: readonly number[];
  /** Instants at which a price changes within a day, sorted. */
  readonly edgesMs: Float64Array;
  /** These and all other instants at which a price changes. */
  readonly changesMs: readonly number[];
}

export function candidatesOf(hosted: HostedInput, book: PriceBook, window: Period): Candidates {
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
    ...Array.from(history.asked.startsMs),
    ...Array.from(batch?.startsMs ?? []),
  ]);
  return { all, thresholds, edgesMs: Float64Array.from(sortedOnce(edges)), changesMs: changes };
}

function sortedOnce(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function thresholdsIn({ equivalent, history }: Candidate): number[] {
  return thresholdsOf([...history.prices, ...history.batch], equivalent.tokenRatio);
}

function edgesOf({ prices, batch }: HostHistory, window: Period): number[] {
  return [...windowEdges(prices, window), ...windowEdges(batch, window)];
}

interface Conditions {
  readonly thresholds: readonly number[];
  readonly window: Period;
  readonly isPlain: boolean;
}

function resolvePrices(candidate: Candidate, { isPlain, ...terms }: Conditions): Candidate {
  const { history, equivalent } = candidate;
  const { tokenRatio } = equivalent;
  const asked = (prices: readonly HostedPrice[]) =>
    isPlain ? plainly(prices) : askedOf(prices, { ...terms, tokenRatio });
  const batchPrices = soldUntilDue(history.batch, terms.window);
  const batch = batchPrices.length === 0 ? {} : { batch: asked(batchPrices) };
  if (isPlain) return { ...candidate, ...batch };
  return { ...candidate, history: { ...history, asked: asked(history.prices) }, ...batch };
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
function mergeSecondHand(found: readonly Candidate[]): Candidate[] {
  const isSecondHand = ({ history }: Candidate) =>
    history.prices.length > 0 && history.prices.every(({ secondHand }) => secondHand === true);
  const indirect = Map.groupBy(found.filter(isSecondHand), companyOfCandidate);
  if (indirect.size === 0) return [...found];
  const direct = found.filter((each) => !isSecondHand(each));
  const known = new Set(direct.map(companyOfCandidate));
  return found.flatMap((each) => {
    const company = companyOfCandidate(each);
    if (isSecondHand(each)) return known.has(company) ? [] : [each];
    const others = indirect.get(company) ?? [];
    return [others.length === 0 ? each : addSecondHand(each, others[0]?.history)];
  });
}

function addSecondHand(candidate: Candidate, indirect: HostHistory | undefined): Candidate {
  const { history } = candidate;
  const prices = ownWordFirst(
    [...(indirect?.prices ?? []), ...history.prices].sort((a, b) => a.validFromMs - b.validFromMs),
  );
  return { ...candidate, history: { ...history, prices, asked: plainly(prices) } };
}

/** The company by the endpoint's newest name. */
export function companyOfCandidate({ host, history }: Pick<Candidate, 'host' | 'history'>): string {
  const hostName = history.prices.at(-1)?.hostName;
  return companyOf({ host, hostName });
}
