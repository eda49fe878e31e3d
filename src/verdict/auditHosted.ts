/** The shape of a deployment's hosted side in an audit. */

import type { HostLack } from '../economics/lack.ts';
import type { RatioText, UsdText } from './auditWord.ts';

export interface AuditHosted {
  readonly host: string;
  readonly costUsd: UsdText;
  readonly usdPerMtok: RatioText | null;
  readonly cheapestUsd: UsdText;
  readonly medianUsd: UsdText;
  /** Every host that was weighed, cheapest first; one that was not eligible has a reason. */
  readonly considered: readonly {
    readonly host: string;
    readonly model: string;
    readonly quantization: string;
    readonly costUsd: UsdText | null;
    readonly reason: string | null;
    /** Absent where it was eligible, and in older audits. */
    readonly reasonDetail?: HostLack;
  }[];
  /** Of what the cost is made: tokens + requests - discount + fee. Absent in older audits. */
  readonly lines?: {
    readonly tokensUsd: UsdText;
    readonly requestsUsd: UsdText;
    /** What the host's batch price takes off for tokens that may wait. */
    readonly batchDiscountUsd: UsdText;
    readonly feeUsd: UsdText;
  };
  /** Companies that are eligible for the whole window. Absent in older audits. */
  readonly sellers?: number;
  /** On so many days so many companies sold the model on the config's terms. */
  readonly soldBy?: readonly { readonly hosts: number; readonly days: number }[];
  /** What is known of the chosen host; what it does not tell is absent. */
  readonly parity?: AuditHostParity;
  /** Companies that stopped selling the model in the window; absent where none did. */
  readonly retired?: readonly { readonly host: string; readonly since: string }[];
  /** Of the chosen host; absent where its own word priced every token. */
  readonly secondHand?: { readonly tokenShare: RatioText; readonly until: string };
  /** What may make the cost another one; absent where nothing does. */
  readonly doubts?: readonly AuditPriceDoubt[];
  /** Of the chosen host; absent where the config states no limit. */
  readonly rateLimit?: AuditRateLimit;
}

export interface AuditHostParity {
  readonly quantization: string;
  /** In which precision the deployment serves; absent where nobody says. */
  readonly ownPrecision?: string;
  /**
   * The host's quantization beside it: in fewer bits is `lower`, in as many of another format
   * `other`. Absent where one of both is not known.
   */
  readonly precision?: 'same' | 'lower' | 'higher' | 'other';
  readonly contextLength?: number;
  readonly supports?: readonly string[];
  readonly region?: string;
  readonly dataPolicy?: string;
  /** Mean of what it told. */
  readonly uptime?: RatioText;
  readonly looks: number;
  /** Of the window's time the part that looks speak for. */
  readonly watchedShare: RatioText;
  /** Of that part the share in which it was well. */
  readonly healthyShare?: RatioText;
  /** Medians of what it published. */
  readonly latencyMs?: number;
  readonly tokensPerSecond?: number;
  /** Features that the config wants and the host does not tell to have. */
  readonly lacks: readonly string[];
}

export interface AuditPriceDoubt {
  readonly code: 'gap' | 'prompt-size' | 'long-interval';
  readonly start?: string;
  readonly end?: string;
  /** By how much the cost may be another one: 0 or less, 0 or more. */
  readonly lessUsd: UsdText;
  readonly moreUsd: UsdText;
}

/** The 99th percentile of the window's minutes: a lower bound where intervals are longer. */
export interface AuditRateLimit {
  readonly p99TokensPerMinute: RatioText;
  readonly p99RequestsPerMinute: RatioText | null;
  readonly tokensPerMinute: number | null;
  readonly requestsPerMinute: number | null;
  readonly takenTokensShare: RatioText | null;
  readonly takenRequestsShare: RatioText | null;
}
