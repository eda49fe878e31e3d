/**
 * The interface that each public catalog of token prices implements, and helpers to read prices.
 */

import type { PriceOverride, ServiceTier, TokenPrices } from '../../domain/price.ts';
import type { JsonList } from '../../platform/jsonList.ts';
import type { JsonFields } from '../../platform/jsonFilter.ts';
import { readSoldPrices } from '../priceList.ts';
import { type PriceText, parseTokenPrices } from '../tokenPrices.ts';
import type { Exact } from '../../domain/exact.ts';

/** One model of one provider, not parsed yet. */
export interface CatalogEntry {
  readonly provider: string;
  readonly providerName?: string | undefined;
  /** The provider's own name of the model. */
  readonly id: string;
  /** The catalog's name, where it differs. */
  readonly key?: string;
  readonly record: unknown;
}

/** A catalog entry that cannot be read; `provider` is set where it is known. */
export interface UnreadableEntry {
  readonly provider?: string | undefined;
  readonly record: unknown;
  readonly fault: string;
}

/** The price of a model. With `fromMs` it is a dated price. */
export interface CatalogPrice {
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
  /** A key that the catalog has and an error response does not. */
  readonly expects: string;
  readonly isBareList?: true;
  /** The fields to store when only some models are wanted. */
  fields(isWanted: (id: string) => boolean): JsonFields;
  entries(answer: JsonList): Iterable<CatalogEntry | UnreadableEntry>;
  /** The prices of one record at a time. Empty if it states none; a string is the fault. */
  read(record: unknown, atMs: number): readonly CatalogPrice[] | string;
}

export const SCALAR: JsonFields = { scalar: true };

/** Selects only the object members with these names. */
export function selectMembers(fieldsByName: Readonly<Record<string, JsonFields>>): JsonFields {
  return {
    scalar: false,
    member: (name) => (Object.hasOwn(fieldsByName, name) ? fieldsByName[name] : undefined),
  };
}

/** Prices for prompts of at least this length, as written in the catalog. */
export interface LongerPrompts {
  readonly minPromptTokens: number;
  readonly texts: readonly PriceText[];
}

/**
 * Reads the base prices and the prices for longer prompts, shortest first. Returns `undefined` if
 * nothing is sold by token, and a string if a price is invalid. A 0 means "unknown" in these
 * catalogs, also for longer prompts.
 */
export function readCatalogPrices(
  texts: readonly PriceText[],
  longer: readonly LongerPrompts[],
  scale: Exact,
): Pick<CatalogPrice, 'prices' | 'overrides'> | string | undefined {
  const prices = readSoldPrices(texts, scale);
  if (prices === undefined || typeof prices === 'string') return prices;
  const overrides: PriceOverride[] = [];
  for (const { minPromptTokens, texts: longerTexts } of longer.toSorted(byLength)) {
    const read = parseTokenPrices(longerTexts, scale);
    if (typeof read === 'string') return read;
    const known = Object.entries(read).filter(([, price]) => price !== 0n);
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
