/** What each public catalog of token prices tells of a model at a provider, and how it is found. */

import type { PriceOverride, ServiceTier, TokenPrices } from '../../domain/price.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import type { Fields } from '../../platform/jsonSieve.ts';
import { soldPrices } from '../priceList.ts';
import { type PriceText, readPrices } from '../tokenPrices.ts';
import type { Exact } from '../../domain/exact.ts';

/** One model of one provider, not read yet. */
export interface Entry {
  readonly provider: string;
  readonly providerName?: string | undefined;
  /** As the provider calls it. */
  readonly id: string;
  /** As the catalog calls it, where that is another name. */
  readonly key?: string;
  readonly record: unknown;
}

/** What stands in a place of entries and is none; of one provider where that is told. */
export interface NoEntry {
  readonly provider?: string | undefined;
  readonly record: unknown;
  readonly fault: string;
}

/** A price of a model; with `fromMs` one that is dated. */
export interface Priced {
  readonly prices: TokenPrices;
  readonly overrides?: readonly PriceOverride[];
  readonly serviceTier?: ServiceTier;
  readonly contextLength?: number;
  readonly fromMs?: number;
}

/** The shape of one catalog. */
export interface CatalogShape {
  readonly baseUrl: string;
  readonly path: readonly string[];
  /** A key that it has and an error has not. */
  readonly expects: string;
  readonly isBareList?: true;
  /** What of it is read where only some models are wanted. */
  fields(isWanted: (id: string) => boolean): Fields;
  entries(answer: ListBody): Iterable<Entry | NoEntry>;
  /** Prices of one record at a moment: none where it tells none; a text says what is wrong. */
  read(record: unknown, atMs: number): readonly Priced[] | string;
}

export const SCALAR: Fields = { scalar: true };

/** The members with these names, and nothing else of an object. */
export function members(of: Readonly<Record<string, Fields>>): Fields {
  return { scalar: false, member: (name) => (Object.hasOwn(of, name) ? of[name] : undefined) };
}

/** Another set of prices for longer prompts, as written. */
export interface LongerPrompts {
  readonly minPromptTokens: number;
  readonly texts: readonly PriceText[];
}

/**
 * Prices with those for longer prompts, the shortest first; `undefined` where nothing is sold by
 * token. A catalog's 0 stands for what is not known, under a condition too.
 */
export function pricedOf(
  texts: readonly PriceText[],
  longer: readonly LongerPrompts[],
  scale: Exact,
): Pick<Priced, 'prices' | 'overrides'> | string | undefined {
  const prices = soldPrices(texts, scale);
  if (prices === undefined || typeof prices === 'string') return prices;
  const overrides: PriceOverride[] = [];
  for (const { minPromptTokens, texts: of } of longer.toSorted(byLength)) {
    const told = readPrices(of, scale);
    if (typeof told === 'string') return told;
    const known = Object.entries(told).filter(([, price]) => price !== 0n);
    if (known.length > 0) overrides.push({ minPromptTokens, ...Object.fromEntries(known) });
  }
  return { prices, ...(overrides.length === 0 ? {} : { overrides }) };
}

function byLength(a: LongerPrompts, b: LongerPrompts): number {
  return a.minPromptTokens - b.minPromptTokens;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
