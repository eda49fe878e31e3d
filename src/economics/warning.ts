/**
 * What a reader must know of figures that rest on less than was wished for: codes with figures,
 * ready for JSON. Sentences are made of them elsewhere; nothing else is computed from them.
 */

import type { ChargeCategory } from '../domain/charge.ts';
import type { DoubleBillingFact } from '../domain/finding.ts';
import type { RatioText, UsdText } from '../domain/figureText.ts';
import type { UsageDoubt } from './input.ts';

export type Warning = (UsageWarning | SideWarning | HostWarning | StackWarning | FactWarning) & {
  /** Whose figures it concerns; absent where it concerns the whole stack. */
  readonly deployment?: string;
};

/** Of what was served, and how well the paid time was used. */
type UsageWarning =
  | {
      /** Intervals that were not believed, with the fastest of them. */
      readonly code: 'usage-doubted';
      readonly doubt: UsageDoubt['code'];
      readonly intervals: number;
      readonly tokens: number;
      /** Of one replica in the fastest interval, whole tokens, and what it is compared with. */
      readonly tokensPerSecond: number;
      readonly supportedTokensPerSecond: number;
      readonly fastestAt: string;
    }
  | {
      readonly code: 'paid-time-estimated';
      readonly from: 'most-expensive-bucket' | 'whole-period' | 'equal-shares';
      /** The first of them by name. */
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
      /** Ten times the highest figure that is published for the GPUs. */
      readonly believedTokensPerSecond: RatioText;
    }
  | { readonly code: 'serverless-lower-bound' }
  | { readonly code: 'busy-time-unknown'; readonly intervals: number }
  | { readonly code: 'ops-hours-not-logged' };

/** Of time that only the bill or only the usage knows, or of which the two disagree. */
type SideWarning =
  | ({ readonly code: 'usage-not-billed' } & UnbilledFigures)
  | ({ readonly code: 'replica-hours-disagree' } & WatchedFigures)
  | { readonly code: 'months-not-billed'; readonly months: readonly UnbilledMonth[] };

export interface UnbilledFigures {
  readonly tokens: number;
  readonly billedTokens: number;
  /** Of both together; rounded up, so that no bar seems to hold. */
  readonly share: RatioText;
  /** The first stretch of such time, instants. */
  readonly start: string;
  readonly end: string;
  /** The sources that should have billed it. */
  readonly sources: readonly string[];
}

/** A calendar month, `2026-07`, for which a source that bills by the month billed nothing. */
export interface UnbilledMonth {
  readonly source: string;
  readonly month: string;
}

export interface WatchedFigures {
  /** Of replicas, by the usage and by the bill, over the same time. */
  readonly seenHours: RatioText;
  readonly paidHours: RatioText;
  /** GPUs of one replica, by the config and by the bill; absent where usage saw no replica. */
  readonly gpus?: RatioText;
  readonly billedGpus?: RatioText;
}

/** Of the hosted price. */
export type HostWarning =
  | { readonly code: 'host-retired'; readonly host: string; readonly day: string }
  | {
      readonly code: 'cache-hits-unknown';
      readonly intervals: number;
      /** What the host would cost if all prompt tokens of those intervals were hits. */
      readonly allHitsUsd: UsdText;
    }
  | { readonly code: 'host-not-checked'; readonly host: string }
  | {
      readonly code: 'host-prices-second-hand';
      readonly host: string;
      /** Of the tokens. */
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

/** Of the bills and the purchases of the whole stack. */
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

/** Of the facts as they came in. */
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
      /** The first reason or message, as it was told. */
      readonly example: string;
    };
