/**
 * Warnings about figures: codes with figures, ready for JSON.
 *
 * Sentences are rendered elsewhere; no other computation uses these.
 */

import type { ChargeCategory } from '../domain/charge.ts';
import type { DoubleBillingFact } from '../domain/finding.ts';
import type { RatioText, UsdText } from '../domain/figures.ts';
import type { UsageDoubt } from './input.ts';

export type Warning = (UsageWarning | SideWarning | HostWarning | StackWarning | FactWarning) & {
  /** The deployment concerned; absent for the whole stack. */
  readonly deployment?: string;
};

/** About usage, and how well paid time was used. */
type UsageWarning =
  | {
      /** Implausible intervals, with the fastest one. */
      readonly code: 'usage-doubted';
      readonly doubt: UsageDoubt['code'];
      readonly intervals: number;
      readonly tokens: number;
      /**
       * Per replica in the fastest interval, in whole tokens, and the value it is compared with.
       */
      readonly tokensPerSecond: number;
      readonly supportedTokensPerSecond: number;
      readonly fastestAt: string;
    }
  | {
      readonly code: 'paid-time-estimated';
      readonly from: 'most-expensive-bucket' | 'whole-period' | 'equal-shares';
      /** The first ones by name. */
      readonly resources: readonly string[];
      readonly resourceCount: number;
    }
  | { readonly code: 'utilization-above-one'; readonly share: RatioText }
  | { readonly code: 'busy-fraction-above-one'; readonly share: RatioText }
  | {
      readonly code: 'utilization-above-busy-fraction';
      readonly utilizationShare: RatioText;
      readonly busyShare: RatioText;
    }
  | {
      readonly code: 'tokens-without-paid-time';
      readonly tokens: number;
      readonly days: number;
    }
  | { readonly code: 'intervals-longer-than-an-hour'; readonly intervals: number }
  | {
      readonly code: 'capacity-understated';
      readonly statedTokensPerSecond: RatioText;
      readonly seenTokensPerSecond: RatioText;
    }
  | {
      readonly code: 'capacity-not-believed';
      readonly statedTokensPerSecond: RatioText;
      /** Ten times the highest published figure for the GPUs. */
      readonly believedTokensPerSecond: RatioText;
    }
  | { readonly code: 'serverless-lower-bound' }
  | { readonly code: 'busy-time-unknown'; readonly intervals: number }
  | { readonly code: 'ops-hours-not-logged' };

/** About time that only the bill or only the usage covers, or on which the two disagree. */
type SideWarning =
  | ({ readonly code: 'usage-not-billed' } & UnbilledFigures)
  | ({ readonly code: 'replica-hours-disagree' } & ObservedFigures)
  | { readonly code: 'months-not-billed'; readonly months: readonly UnbilledMonth[] };

export interface UnbilledFigures {
  readonly tokens: number;
  readonly billedTokens: number;
  /** Share of both together; rounded up so no threshold seems met. */
  readonly share: RatioText;
  /** The first unbilled period, as instants. */
  readonly start: string;
  readonly end: string;
  /** The sources that should have billed it. */
  readonly sources: readonly string[];
}

/** A calendar month, `2026-07`, without charges from a source that bills monthly. */
export interface UnbilledMonth {
  readonly source: string;
  readonly month: string;
}

export interface ObservedFigures {
  /** Replica-hours by usage and by the bill, over the same time. */
  readonly seenHours: RatioText;
  readonly paidHours: RatioText;
  /** GPUs per replica, by config and by the bill; absent if usage observed no replica. */
  readonly gpus?: RatioText;
  readonly billedGpus?: RatioText;
}

/** About the hosted price. */
export type HostWarning =
  | { readonly code: 'host-retired'; readonly host: string; readonly day: string }
  | {
      readonly code: 'cache-hits-unknown';
      readonly intervals: number;
      /** Hosted cost if all prompt tokens of those intervals were cache hits. */
      readonly allHitsUsd: UsdText;
    }
  | { readonly code: 'host-not-checked'; readonly host: string }
  | {
      readonly code: 'host-prices-second-hand';
      readonly host: string;
      /** Share of the tokens. */
      readonly share: RatioText;
      readonly untilDay: string;
    }
  | {
      readonly code: 'host-price-changed-unseen';
      readonly startDay: string;
      readonly endDay: string;
      readonly lowUsd: UsdText;
      readonly highUsd: UsdText;
    }
  | {
      readonly code: 'prompt-sizes-unknown';
      readonly lowUsd: UsdText;
      readonly highUsd: UsdText;
    }
  | {
      readonly code: 'intervals-longer-than-price-hours';
      readonly lowUsd: UsdText;
      readonly highUsd: UsdText;
    }
  | {
      readonly code: 'prices-not-looked-at';
      readonly model: string;
      readonly source: string;
      readonly sinceDay: string;
    }
  | {
      readonly code: 'features-not-stated';
      readonly host: string;
      readonly features: readonly string[];
    };

/** About the bills and purchases of the whole stack. */
export type StackWarning =
  | (DoubleBillingFact & { readonly evidence: 'same-resources' | 'equal-amounts' })
  | {
      /** Another source is the bill of record. */
      readonly code: 'charges-left-out';
      readonly source: string;
      readonly categories: readonly ChargeCategory[];
      readonly usd: UsdText;
      readonly recordSource: string;
      readonly recordUsd: UsdText;
    }
  | {
      readonly code: 'bought-model-contested';
      readonly source: string;
      readonly model: string;
      readonly deployments: readonly string[];
    }
  | { readonly code: 'commitment-not-stated'; readonly source: string }
  | { readonly code: 'reserved-capacity-not-stated'; readonly source: string }
  | {
      readonly code: 'resources-contested';
      readonly deployments: readonly string[];
      readonly resources: number;
      readonly usd: UsdText;
    }
  | { readonly code: 'labor-on-bill'; readonly usd: UsdText };

/** About the imported facts. */
export type FactWarning =
  | { readonly code: 'intervals-overlap'; readonly source: string; readonly intervals: number }
  | { readonly code: 'usage-parts-contradict'; readonly stretches: number }
  | { readonly code: 'usage-of-unknown-deployment'; readonly name: string }
  | {
      readonly code: 'hours-of-unknown-deployment';
      readonly name: string;
      readonly hours: RatioText;
    }
  | {
      readonly code: 'source-incomplete';
      readonly source: string;
      readonly kind: string;
      readonly what: 'rejects' | 'failed' | 'unfinished';
      readonly count: number;
      /** The first reason or message, unchanged. */
      readonly example: string;
    };
