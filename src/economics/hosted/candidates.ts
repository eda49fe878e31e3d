/** Who may sell the tokens: each host of the equivalents with its prices, their conditions met. */

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
  /** What it asks for work that may wait; absent where it sells no batches. */
  readonly batch?: Asked;
}

export interface Candidates {
  readonly all: readonly Candidate[];
  /** Sizes of prompts that any of them tells apart, sorted. */
  readonly thresholds: readonly number[];
  /** Instants at which a price changes within a day, sorted. */
  readonly edgesMs: Float64Array;
  /** Those, and all other instants at which a price changes. */
  readonly changesMs: readonly number[];
}

export function candidatesOf(hosted: HostedInput, book: PriceBook, window: Period): Candidates {
  const found = hosted.equivalents.flatMap((equivalent) =>
    (book.get(modelKey(equivalent.sourceId, equivalent.model)) ?? []).map((offer) => ({
      equivalent,
      ...offer,
    })),
  );
  const told = withoutEchoes(found);
  const prices = told.flatMap(({ history }) => [...history.prices, ...history.batch]);
  const isPlain = prices.every(({ overrides }) => overrides === undefined);
  const thresholds = isPlain ? [] : sortedOnce(told.flatMap(thresholdsIn));
  const all = told.map((each) => withAsked(each, { thresholds, window, isPlain }));
  const edges = isPlain ? [] : told.flatMap(({ history }) => edgesOf(history, window));
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

function withAsked(candidate: Candidate, { isPlain, ...terms }: Conditions): Candidate {
  const { history, equivalent } = candidate;
  const { tokenRatio } = equivalent;
  const asked = (prices: readonly HostedPrice[]) =>
    isPlain ? plainly(prices) : askedOf(prices, { ...terms, tokenRatio });
  const waiting = soldUntilDue(history.batch, terms.window);
  const batch = waiting.length === 0 ? {} : { batch: asked(waiting) };
  if (isPlain) return { ...candidate, ...batch };
  return { ...candidate, history: { ...history, asked: asked(history.prices) }, ...batch };
}

/** Hosts promise a batch within a day. */
const TURNAROUND_MS = DAY_MS;

/**
 * Batch prices by when a batch is handed in: one that would be due only after the host has ended
 * them is none. Ended on Tuesday at noon, none is handed in after Monday at noon.
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
 * A host of which one source has its own word and another only hearsay is one host: what was heard
 * stands before its own first word, and is no host beside it.
 */
function withoutEchoes(found: readonly Candidate[]): Candidate[] {
  const isHeard = ({ history }: Candidate) =>
    history.prices.length > 0 && history.prices.every(({ secondHand }) => secondHand === true);
  const heard = Map.groupBy(found.filter(isHeard), companyOfCandidate);
  if (heard.size === 0) return [...found];
  const speaking = found.filter((each) => !isHeard(each));
  const known = new Set(speaking.map(companyOfCandidate));
  return found.flatMap((each) => {
    const company = companyOfCandidate(each);
    if (isHeard(each)) return known.has(company) ? [] : [each];
    const echoes = heard.get(company) ?? [];
    return [echoes.length === 0 ? each : withHearsay(each, echoes[0]?.history)];
  });
}

function withHearsay(candidate: Candidate, heard: HostHistory | undefined): Candidate {
  const { history } = candidate;
  const prices = ownWordFirst(
    [...(heard?.prices ?? []), ...history.prices].sort((a, b) => a.validFromMs - b.validFromMs),
  );
  return { ...candidate, history: { ...history, prices, asked: plainly(prices) } };
}

/** By the newest name that the host goes by. */
export function companyOfCandidate({ host, history }: Pick<Candidate, 'host' | 'history'>): string {
  const hostName = history.prices.at(-1)?.hostName;
  return companyOf({ host, hostName });
}
