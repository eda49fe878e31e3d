/** Lists the endpoints that may serve the tokens, with their prices resolved by conditions. */

import { DAY_MS, type Period } from '../../domain/period.ts';
import type { HostedPrice } from '../../domain/price.ts';
import { companyName } from '../../domain/sellers.ts';
import type { Equivalent, HostedInput } from '../input.ts';
import {
  type ResolvedPrices,
  resolveConditions,
  withoutConditions,
  promptThresholds,
  dailyPriceEdges,
} from './asked.ts';
import { type PriceHistory, modelKey, preferOwnPrices, type PriceBook } from './priceBook.ts';

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
