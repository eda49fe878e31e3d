/** Knows prices as dated history: what a host asked for tokens, and what a GPU-hour cost. */

import type { PricingClass } from './charge.ts';
import type { NanoUsd, NanoUsdPerMtok } from './money.ts';

/**
 * One host's price for one model from `validFromMs` until its next price. Absent is "not sold" or
 * "not told", 0 is free: never the same thing.
 */
export interface HostedPrice {
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
  readonly inputPerMtok?: NanoUsdPerMtok;
  readonly cachedInputPerMtok?: NanoUsdPerMtok;
  readonly outputPerMtok?: NanoUsdPerMtok;
  readonly perRequest?: NanoUsd;
  readonly contextLength?: number;
  /** Free variants are never a counterfactual unless config allows them. */
  readonly free: boolean;
  /** False from the moment on which the host stopped selling the model. */
  readonly offered: boolean;
}

/**
 * Everything one source knew of one model's hosts at one moment: who is missing has stopped
 * selling.
 */
export interface PriceSnapshot {
  readonly sourceId: string;
  readonly model: string;
  readonly takenAtMs: number;
  readonly prices: readonly HostedPrice[];
  /**
   * Hosts that were listed with a row that could not be read: they have not stopped selling. Names
   * without what is added to tell offers of one host apart; `null` where a row does not say whose
   * it is, so that nobody can be said to be missing.
   */
  readonly unread?: readonly (string | null)[];
  readonly availability: readonly HostAvailability[];
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
}

/** What one GPU of a kind cost an hour from `validFromMs` on. */
export interface GpuRate {
  readonly sourceId: string;
  readonly provider: string;
  readonly gpuType: string;
  readonly pricingClass: PricingClass;
  readonly validFromMs: number;
  readonly usdPerGpuHour: NanoUsd;
}
