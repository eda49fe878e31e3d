/** Dated price history: hosted token prices and GPU-hour rates. */

import type { PricingClass } from './charge.ts';
import { nanoFromUsd, type NanoUsd, type NanoUsdPerMtok, nanoUsdPerMtok } from './money.ts';
import { DAY_MS } from './period.ts';
import { compare, decimal, type Exact, isZero, multiply, parseExact } from './exact.ts';
import { matchesGlob } from './glob.ts';

/** Service tiers with their own prices; the standard tier has no name. */
export const SERVICE_TIERS = ['batch', 'flex', 'priority'] as const;

export type ServiceTier = (typeof SERVICE_TIERS)[number];

/** Includes the standard tier. */
export type AnyServiceTier = ServiceTier | 'standard';

/** Prices of tokens and requests. Absent is "not sold" or "not stated", 0 is free. */
export interface TokenPrices {
  readonly inputPerMtok?: NanoUsdPerMtok;
  /** For prompt tokens read from the cache. */
  readonly cachedInputPerMtok?: NanoUsdPerMtok;
  /** For prompt tokens written to the cache, for the shortest retention sold. */
  readonly cacheWritePerMtok?: NanoUsdPerMtok;
  readonly outputPerMtok?: NanoUsdPerMtok;
  readonly perRequest?: NanoUsd;
}

/** The prices per million tokens. */
export const PER_MTOK = [
  'inputPerMtok',
  'cachedInputPerMtok',
  'cacheWritePerMtok',
  'outputPerMtok',
] as const;

/**
 * Prices under conditions, all of which must hold for a request. If several overrides apply, the
 * last one wins for each price. A price that an override omits stays the base price.
 */
export interface PriceOverride extends TokenPrices {
  /** For requests with more prompt tokens than this. */
  readonly minPromptTokens?: number;
  readonly utc?: DailyWindow;
}

/**
 * Daily from `startMinute` until before `endMinute` in UTC, both 0 to 1,440. If the end is not
 * after the start, the period runs past midnight. `days` lists the weekdays on which the minute
 * lies, 0 for Sunday; absent is every day.
 */
export interface DailyWindow {
  readonly startMinute: number;
  readonly endMinute: number;
  readonly days?: readonly number[];
}

/** An endpoint's price for one model, from `validFromMs` until its next price. */
export interface HostedPrice extends TokenPrices {
  /** The source that reported it: `hosted.via` in config. */
  readonly sourceId: string;
  readonly model: string;
  /**
   * The endpoint, unique within the model: an OpenRouter tag such as `deepinfra/fp8`, or the host
   * in a CSV file.
   */
  readonly host: string;
  /** Display name of the provider; the host itself by default. */
  readonly hostName?: string;
  /** `fp8`, `bf16`, …; `unknown` if not stated. */
  readonly quantization: string;
  readonly validFromMs: number;
  /** Part of a price's identity; absent is the standard tier. */
  readonly serviceTier?: ServiceTier;
  /** In order. */
  readonly overrides?: readonly PriceOverride[];
  readonly contextLength?: number;
  /** Free variants are never a counterfactual unless config allows them. */
  readonly free: boolean;
  /** False once the provider has stopped selling the model. */
  readonly offered: boolean;
  /** Set if a catalog or a dump reports it, not the provider. */
  readonly secondHand?: true;
  /** Serving region, in the provider's terms. */
  readonly region?: string;
  /** Data policy for prompts, in the provider's terms. */
  readonly dataPolicy?: string;
  /** Features that requests may use, such as `tools`, by OpenRouter's names. */
  readonly supports?: readonly string[];
}

/**
 * All of a source's endpoints of one model at one time. An endpoint that is missing has stopped
 * selling.
 */
export interface PriceSnapshot {
  readonly sourceId: string;
  readonly model: string;
  readonly takenAtMs: number;
  /** Service tiers covered; absent is all. An endpoint may still sell in other tiers. */
  readonly tiers?: readonly AnyServiceTier[];
  /** Set if taken from a list of many models: a model missing from the list is no longer sold. */
  readonly isOfList?: true;
  readonly prices: readonly HostedPrice[];
  /**
   * Endpoints listed in a row that could not be read: they have not stopped selling. Names are
   * without the suffix that separates offers of one provider. `null` is a row without a readable
   * name, so no endpoint can be reported missing.
   */
  readonly unread?: readonly (string | null)[];
  readonly availability: readonly HostAvailability[];
}

/**
 * Providers change prices within days: a price not checked for longer may have changed in between.
 */
export const UNCHECKED_MS = 3 * DAY_MS;

/** A gap of more than {@link UNCHECKED_MS} without a check of a model's prices. */
export interface PriceGap {
  readonly sourceId: string;
  readonly model: string;
  /** The last check before the gap. */
  readonly startMs: number;
  /** The first check after the gap; absent if there was none yet. */
  readonly endMs?: number;
}

/** Availability of an endpoint at one time. */
export interface HostAvailability {
  readonly sourceId: string;
  readonly model: string;
  readonly host: string;
  readonly observedAtMs: number;
  /** Uptime share of the last day, 0 to 1, in millionths; absent if not stated. */
  readonly uptimeMillionths?: number;
  /** False if the provider marks the endpoint as degraded or off. */
  readonly healthy: boolean;
  /** Median time to first token; whole milliseconds. */
  readonly latencyMs?: number;
  /** Median output speed. */
  readonly tokensPerSecond?: number;
}

/** Price per GPU-hour of one GPU type from `validFromMs` on. */
export interface GpuRate {
  readonly sourceId: string;
  readonly provider: string;
  readonly gpuType: string;
  readonly pricingClass: PricingClass;
  readonly validFromMs: number;
  readonly usdPerGpuHour: NanoUsd;
  /** Set if a catalog reports it, not the provider. */
  readonly secondHand?: true;
  /** Rates by region, if stated; the main rate covers all regions. */
  readonly regions?: readonly RegionRate[];
}

export interface RegionRate {
  /** In the provider's terms, such as `eu-west-1`. */
  readonly region: string;
  readonly usdPerGpuHour: NanoUsd;
}

/** US dollars per million tokens. Outside this range the unit or the decimal point is wrong. */
const LEAST_USD = decimal('0.001');
/** Also the limit per request. */
const MOST_USD = decimal('200');

const LEAST = nanoFromUsd(LEAST_USD);
const MOST = nanoFromUsd(MOST_USD);

export interface ImplausiblePrice {
  readonly field: keyof TokenPrices;
  /** In nano-dollars. */
  readonly value: bigint;
}

/**
 * The first implausible price, with or without conditions: outside $0.001 to $200 per million
 * tokens, or above $200 per request. 0 means free and is plausible.
 */
export function findImplausiblePrice(price: HostedPrice): ImplausiblePrice | undefined {
  for (const of of [price, ...(price.overrides ?? [])]) {
    for (const field of PER_MTOK) {
      const value = of[field] ?? 0n;
      if (value !== 0n && (value < LEAST || value > MOST)) return { field, value };
    }
    const value = of.perRequest ?? 0n;
    if (value > MOST) return { field: 'perRequest', value };
  }
  return undefined;
}

/** Prices that config trusts whatever their size. */
export interface PriceTrust {
  readonly source: string;
  /** A glob; every model by default. */
  readonly model?: string;
  /** A glob; every endpoint by default. */
  readonly host?: string;
}

/** Whether a price is implausible and not trusted: it is stored and shown, but never in force. */
export function isQuarantined(price: HostedPrice, trust: readonly PriceTrust[] = []): boolean {
  if (findImplausiblePrice(price) === undefined) return false;
  return !trust.some(
    ({ source, model = '*', host = '*' }) =>
      source === price.sourceId && matchesGlob(model, price.model) && matchesGlob(host, price.host),
  );
}

/** More is not a price in any unit, and does not fit the ledger. */
const NO_PRICE = decimal('1000000000');

/**
 * A provider's price as nano-dollars per million tokens. `scale` is dollars per million tokens for
 * a written 1. A price is never rounded to free: less than a nano-dollar becomes one. `undefined`
 * if the text is not a price.
 */
export function parsePerMtok(text: string, scale: Exact): NanoUsdPerMtok | undefined {
  const usd = amount(text);
  return usd === undefined ? undefined : toNanoUsdPerMtok(multiply(usd, scale));
}

/** The same for an amount of dollars per million tokens, from 0 on. */
export function toNanoUsdPerMtok(usd: Exact): NanoUsdPerMtok | undefined {
  if (compare(usd, NO_PRICE) > 0) return undefined;
  const nano = nanoFromUsd(usd);
  return nanoUsdPerMtok(nano === 0n && !isZero(usd) ? 1n : nano);
}

/** Scale for dollars per token: `'0.00000057'` is $0.57 per million. */
export const USD_PER_TOKEN = decimal('1000000');
/** Scale for dollars per million tokens. */
export const USD_PER_MTOK = decimal('1');

export function parsePerRequest(text: string): NanoUsd | undefined {
  const usd = amount(text);
  return usd === undefined ? undefined : toNanoUsdPerRequest(usd);
}

/** The same for an amount of dollars, from 0 on. */
export function toNanoUsdPerRequest(usd: Exact): NanoUsd | undefined {
  return compare(usd, NO_PRICE) > 0 ? undefined : nanoFromUsd(usd);
}

/** Long texts are not amounts, and -1 is a router's "it depends". */
function amount(text: string): Exact | undefined {
  const value = text.length > 64 ? undefined : parseExact(text);
  return value === undefined || value.num < 0n ? undefined : value;
}
