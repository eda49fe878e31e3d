/**
 * Reasons why an option, a price or an endpoint is missing: codes with figures, ready for JSON.
 *
 * Sentences are rendered elsewhere; no other computation uses these.
 */

import type { PricingClass } from '../domain/charge.ts';
import type { RatioText } from '../domain/figures.ts';
import type { ProviderTier } from '../domain/providers.ts';

/** Why an option has no cost. */
export type Lack = SideLack | RateLack | HostedLack;

/** Reasons in the deployment's own bill and usage. */
export type SideLack =
  | { readonly code: 'nothing-billed' }
  | { readonly code: 'billed-time-without-usage' }
  | { readonly code: 'no-usage' }
  | { readonly code: 'no-paid-hours-in-use' }
  | { readonly code: 'capacity-unknown' }
  | { readonly code: 'bought-tokens-without-bill' }
  | { readonly code: 'no-serverless-price' }
  | { readonly code: 'already-on-spot' }
  | { readonly code: 'no-gpu-named' };

/** Reasons in the rates of other providers. */
export type RateLack =
  | { readonly code: 'gpu-not-understood'; readonly gpu: string }
  | { readonly code: 'gpu-memory-unknown'; readonly gpu: string }
  | {
      readonly code: 'no-rate';
      readonly gpu: string;
      /** The pricing class and tiers without a known rate; absent if there is none at all. */
      readonly pricingClass?: PricingClass;
      readonly tiers?: readonly ProviderTier[];
    }
  | {
      readonly code: 'no-rate-of-allowed-provider';
      readonly gpu: string;
      readonly pricingClass: PricingClass;
    }
  | { readonly code: 'no-rate-in-force'; readonly at: string };

/** Why there is no hosted price. */
export type HostedLack =
  | { readonly code: 'no-equivalent-named' }
  | { readonly code: 'no-host-known' }
  | { readonly code: 'pinned-host-not-found'; readonly host: string }
  | { readonly code: 'pinned-host-not-eligible'; readonly host: string; readonly why: HostLack }
  | {
      readonly code: 'no-host-eligible';
      /** The first ones. */
      readonly hosts: readonly { readonly host: string; readonly why: HostLack }[];
      readonly hostCount: number;
    }
  | { readonly code: 'no-hosted-price' };

/** Why an endpoint is not eligible. */
export type HostLack =
  | { readonly code: 'host-not-named' }
  | { readonly code: 'host-excluded' }
  | { readonly code: 'host-degraded'; readonly degraded: number; readonly looks: number }
  | {
      readonly code: 'uptime-too-low';
      readonly uptimeShare: RatioText;
      readonly neededShare: RatioText;
    }
  | {
      readonly code: 'health-too-low';
      readonly healthyShare: RatioText;
      readonly neededShare: RatioText;
    }
  | { readonly code: 'batches-only' }
  | { readonly code: 'no-price-in-force'; readonly at: string }
  | { readonly code: 'no-input-price'; readonly at: string }
  | { readonly code: 'no-output-price'; readonly at: string }
  | { readonly code: 'quantization-not-allowed'; readonly quantization: string }
  | { readonly code: 'free-tier' }
  | {
      readonly code: 'context-too-short';
      readonly contextTokens: number;
      readonly neededTokens: number;
    }
  /** Absent if the provider does not state it. */
  | { readonly code: 'region-not-allowed'; readonly region?: string }
  | { readonly code: 'data-policy-not-allowed'; readonly dataPolicy?: string }
  | { readonly code: 'requests-unknown' }
  | {
      readonly code: 'rate-limit-too-low';
      readonly of: 'tokens' | 'requests';
      readonly limitPerMinute: number;
      /** At least the 99th percentile of minutes. */
      readonly peakPerMinute: RatioText;
    };

/** Why there is no break-even. */
export type BreakEvenLack =
  | 'no-tokens'
  | 'keep-cheaper-at-free-tokens'
  | 'no-gpu-time'
  | 'delete-cheaper-at-free-gpus'
  | 'gpus-paid-for-others'
  | 'labor-without-price'
  | 'delete-cheaper-at-no-hours'
  | 'cache-hits-change-nothing'
  | 'no-cache-share-decides';

/** A note on the break-even number of tokens. */
export type BreakEvenNote =
  | { readonly code: 'keep-within-hosting-labor' }
  | { readonly code: 'keep-within-leaving' }
  | { readonly code: 'beyond-replicas'; readonly replicas: number };

/** Missing inputs of a plan for a stack that does not exist yet. */
export type PlannedLack =
  | { readonly code: 'hosted-price'; readonly lack: Lack }
  | { readonly code: 'engineering-time' }
  | { readonly code: 'hosting-hours' }
  | {
      readonly code: 'capacity' | 'on-demand-rate' | 'reserved-rate' | 'serverless-rate';
      readonly gpu: string;
    };
