/** Types of a deployment's hosted side in an audit: provider, cost, parity, rate limit. */

import type { HostLack } from '../economics/lack.ts';
import type { RatioText, UsdText } from '../domain/figures.ts';

export interface AuditHosted {
  readonly host: string;
  readonly costUsd: UsdText;
  readonly usdPerMtok: RatioText | null;
  readonly cheapestUsd: UsdText;
  readonly medianUsd: UsdText;
  /** Every endpoint considered, cheapest first. One that is not eligible has a reason. */
  readonly considered: readonly {
    readonly host: string;
    readonly model: string;
    readonly quantization: string;
    readonly costUsd: UsdText | null;
    readonly reason: string | null;
    /** Absent if it is eligible, and in older audits. */
    readonly reasonDetail?: HostLack;
  }[];
  /** Parts of the cost: tokens + requests - discount + fee. Absent in older audits. */
  readonly lines?: {
    readonly tokensUsd: UsdText;
    readonly requestsUsd: UsdText;
    /** Discount of the provider's batch price, for tokens that can wait. */
    readonly batchDiscountUsd: UsdText;
    readonly feeUsd: UsdText;
  };
  /** Number of companies eligible for the whole window. Absent in older audits. */
  readonly sellers?: number;
  /** Number of days by how many companies sold the model on the config's terms. */
  readonly soldBy?: readonly { readonly hosts: number; readonly days: number }[];
  /** Facts about the chosen provider. What it does not publish is absent. */
  readonly parity?: AuditHostParity;
  /** Companies that stopped selling the model in the window. Absent if there are none. */
  readonly retired?: readonly { readonly host: string; readonly since: string }[];
  /**
   * The part of the chosen provider's cost that uses second-hand prices. Absent if it published
   * every price itself.
   */
  readonly secondHand?: { readonly tokenShare: RatioText; readonly until: string };
  /** Reasons why the cost may differ. Absent if there are none. */
  readonly doubts?: readonly AuditPriceDoubt[];
  /** Rate limit of the chosen provider. Absent if the config states none. */
  readonly rateLimit?: AuditRateLimit;
}

export interface AuditHostParity {
  readonly quantization: string;
  /** Precision of the deployment's own weights. Absent if it is unknown. */
  readonly ownPrecision?: string;
  /**
   * The provider's quantization compared with it: `lower` has fewer bits, `other` has as many bits
   * in another format. Absent if either is unknown.
   */
  readonly precision?: 'same' | 'lower' | 'higher' | 'other';
  readonly contextLength?: number;
  readonly supports?: readonly string[];
  readonly region?: string;
  readonly dataPolicy?: string;
  /** Mean of the published uptimes. */
  readonly uptime?: RatioText;
  readonly looks: number;
  /** Share of the window's time that the checks cover. */
  readonly watchedShare: RatioText;
  /** Share of that time in which the endpoint was healthy. */
  readonly healthyShare?: RatioText;
  /** Medians of the published figures. */
  readonly latencyMs?: number;
  readonly tokensPerSecond?: number;
  /** Features that the config requires and the provider does not list. */
  readonly lacks: readonly string[];
}

export interface AuditPriceDoubt {
  readonly code: 'gap' | 'prompt-size' | 'long-interval';
  readonly start?: string;
  readonly end?: string;
  /** How far the cost may differ: 0 or less, and 0 or more. */
  readonly lessUsd: UsdText;
  readonly moreUsd: UsdText;
}

/**
 * The 99th percentile of the window's minutes. It is a lower bound if usage intervals are longer
 * than a minute.
 */
export interface AuditRateLimit {
  readonly p99TokensPerMinute: RatioText;
  readonly p99RequestsPerMinute: RatioText | null;
  readonly tokensPerMinute: number | null;
  readonly requestsPerMinute: number | null;
  readonly takenTokensShare: RatioText | null;
  readonly takenRequestsShare: RatioText | null;
}
