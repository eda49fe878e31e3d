/** Prices as dated history: what a host asked for tokens, and what a GPU-hour cost. */

import type { PricingClass } from './charge.ts';
import type { NanoUsd, NanoUsdPerMtok } from './money.ts';
import { DAY_MS } from './period.ts';

/** How a host serves a request for another price; the standard tier has no name. */
export const SERVICE_TIERS = ['batch', 'flex', 'priority'] as const;

export type ServiceTier = (typeof SERVICE_TIERS)[number];

/** The standard tier too. */
export type Tier = ServiceTier | 'standard';

/** What tokens and requests cost. Absent is "not sold" or "not told", 0 is free. */
export interface TokenPrices {
  readonly inputPerMtok?: NanoUsdPerMtok;
  /** Of prompt tokens read from the cache. */
  readonly cachedInputPerMtok?: NanoUsdPerMtok;
  /** Of prompt tokens written to the cache, for the shortest time that is sold. */
  readonly cacheWritePerMtok?: NanoUsdPerMtok;
  readonly outputPerMtok?: NanoUsdPerMtok;
  readonly perRequest?: NanoUsd;
}

/** The prices that are for a million tokens. */
export const PER_MTOK = [
  'inputPerMtok',
  'cachedInputPerMtok',
  'cacheWritePerMtok',
  'outputPerMtok',
] as const;

/**
 * Other prices under conditions, all of which must hold of a request. Of several that apply the
 * later one wins for each price, and a price that is absent is that without conditions.
 */
export interface PriceOverride extends TokenPrices {
  /** Holds for requests with more prompt tokens than this. */
  readonly minPromptTokens?: number;
  readonly utc?: DailyWindow;
}

/**
 * Each day from `startMinute` until before `endMinute` of UTC, both 0 to 1,440; where the end is
 * not after the start, past midnight until then. Without `days` every day; they are those on which
 * the minute lies, 0 for Sunday.
 */
export interface DailyWindow {
  readonly startMinute: number;
  readonly endMinute: number;
  readonly days?: readonly number[];
}

/**
 * One host's price for one model from `validFromMs` until its next price.
 */
export interface HostedPrice extends TokenPrices {
  /** The source that told us; config's `hosted.via`. */
  readonly sourceId: string;
  readonly model: string;
  /**
   * Who serves it, unique within the model: an OpenRouter tag such as `deepinfra/fp8`, or a CSV's
   * host.
   */
  readonly host: string;
  /** How a person calls the host; the host itself where nothing better is told. */
  readonly hostName?: string;
  /** `fp8`, `bf16`, …; `unknown` where the host does not say. */
  readonly quantization: string;
  readonly validFromMs: number;
  /** Part of what names a price; absent is the standard tier. */
  readonly serviceTier?: ServiceTier;
  /** In order. */
  readonly overrides?: readonly PriceOverride[];
  readonly contextLength?: number;
  /** Free variants are never a counterfactual unless config allows them. */
  readonly free: boolean;
  /** False from the moment on which the host stopped selling the model. */
  readonly offered: boolean;
  /** Set where a catalog or a dump told it, and not who sells. */
  readonly secondHand?: true;
  /** Where it is served, in the seller's word. */
  readonly region?: string;
  /** What becomes of prompts, in the seller's word. */
  readonly dataPolicy?: string;
  /** What requests may use, such as `tools`, by OpenRouter's names. */
  readonly supports?: readonly string[];
}

/**
 * Everything one source knew of one model's hosts at one moment: who is missing has stopped
 * selling.
 */
export interface PriceSnapshot {
  readonly sourceId: string;
  readonly model: string;
  readonly takenAtMs: number;
  /** The service tiers that it tells of, where it does not tell of all: who sells another may. */
  readonly tiers?: readonly Tier[];
  /** Set where it is taken from a list of many models: one that it lacks is sold no longer. */
  readonly isOfList?: true;
  readonly prices: readonly HostedPrice[];
  /**
   * Hosts that were listed with a row that could not be read: they have not stopped selling. Names
   * without what is added to tell offers of one host apart; `null` where a row does not say whose
   * it is, so that nobody can be said to be missing.
   */
  readonly unread?: readonly (string | null)[];
  readonly availability: readonly HostAvailability[];
}

/** Hosts change prices within days: what nobody looked at for longer may have been another one. */
export const UNSEEN_MS = 3 * DAY_MS;

/** A stretch of more than {@link UNSEEN_MS} in which nobody looked at the prices of a model. */
export interface PriceGap {
  readonly sourceId: string;
  readonly model: string;
  /** The last look before it. */
  readonly startMs: number;
  /** The first look after it; absent where there was none yet. */
  readonly endMs?: number;
}

/** How reachable a host was at one moment. */
export interface HostAvailability {
  readonly sourceId: string;
  readonly model: string;
  readonly host: string;
  readonly observedAtMs: number;
  /** Share of the last day, 0 to 1, in millionths; absent when not told. */
  readonly uptimeMillionths?: number;
  /** False where the provider itself marks the host as degraded or off. */
  readonly healthy: boolean;
  /** Median time to the first token; whole milliseconds. */
  readonly latencyMs?: number;
  /** Median speed of output. */
  readonly tokensPerSecond?: number;
}

/** What one GPU of a kind cost an hour from `validFromMs` on. */
export interface GpuRate {
  readonly sourceId: string;
  readonly provider: string;
  readonly gpuType: string;
  readonly pricingClass: PricingClass;
  readonly validFromMs: number;
  readonly usdPerGpuHour: NanoUsd;
  /** Told by a catalog, and not by who rents it out. */
  readonly secondHand?: true;
  /** What it is in each region, where that is told; the rate stands for all of them. */
  readonly regions?: readonly RegionRate[];
}

export interface RegionRate {
  /** In the provider's word, such as `eu-west-1`. */
  readonly region: string;
  readonly usdPerGpuHour: NanoUsd;
}
