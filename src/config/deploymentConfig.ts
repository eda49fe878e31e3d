/** What one deployment of `rentcheck.yaml` means once it has been read. */

import type { ChargeMatch } from '../domain/charge.ts';
import type { Exact } from '../domain/exact.ts';
import type { UsageWish } from '../domain/usageWish.ts';

export interface DeploymentConfig {
  readonly id: string;
  /** A person or a team: who carries out what is decided. */
  readonly owner?: string;
  readonly model: string;
  readonly precision?: string;
  /** GPUs of one replica. */
  readonly gpu: {
    readonly type: string;
    readonly count: number;
    /** Of each of them, above 0: a slice, or a turn of several pods. Absent is all of it. */
    readonly share?: Exact;
  };
  readonly resources: readonly ResourceMatchConfig[];
  readonly usage?: UsageConfig;
  /** A second meter of the same requests: compared with `usage`, and never added to it. */
  readonly gateway?: GatewayConfig;
  /** Absent means `observed`. */
  readonly capacity?: CapacityConfig;
  /** Absent means that no hosted equivalent is known. */
  readonly hosted?: HostedConfig;
  readonly rightSize: RightSizeConfig;
  readonly spot: SpotConfig;
  readonly serverless?: ServerlessConfig;
  /** Set when the deployment must stay, whatever it costs. */
  readonly waiver?: WaiverConfig;
}

/** Its `from` and `until` are days: the midnight UTC at which one begins, and after the other. */
export interface ResourceMatchConfig extends ChargeMatch {
  readonly source: string;
}

export interface UsageConfig extends UsageWish {
  readonly source: string;
  /** What watches its GPUs. */
  readonly telemetry?: {
    readonly source: string;
    readonly match: Readonly<Record<string, string>>;
  };
}

export interface GatewayConfig {
  readonly source: string;
  readonly match: Readonly<Record<string, string>>;
  readonly tenantLabel?: string;
  readonly teamLabel?: string;
}

export interface CapacityConfig {
  /** Of one replica, prompt and output together. */
  readonly tokensPerSecond: Exact;
  /** The day of the measurement as written, `2026-06-01`. */
  readonly measured?: string;
  readonly evidence?: string;
}

export interface HostedConfig {
  readonly equivalents: readonly EquivalentConfig[];
  readonly policy: 'cheapest' | 'median' | 'pinned';
  readonly pinned?: string;
  /** 0 to 1. */
  readonly minUptime?: Exact;
  /** Of the time in which a host was looked at the share in which it was well. */
  readonly minHealthyShare?: Exact;
  readonly minContextLength?: number;
  /** Where hosts may run and what they may do with data, in their own words; absent allows all. */
  readonly regions?: readonly string[];
  readonly dataPolicies?: readonly string[];
  /** What callers use, as hosts name it. */
  readonly features?: readonly string[];
  /** 0.055 is 5.5%. */
  readonly fee: Exact;
  readonly allowFree: boolean;
  /** Hosted models that serve a part of this traffic already. */
  readonly alreadySpent?: readonly AlreadySpentConfig[];
}

export interface AlreadySpentConfig {
  /** The source that bills it. */
  readonly source: string;
  /** With `*` for any letters. */
  readonly model: string;
  /** Host tokens per token of ours. */
  readonly tokenRatio: Exact;
}

export interface EquivalentConfig {
  /** The source that tells its prices. */
  readonly via: string;
  readonly model: string;
  readonly quantizations?: readonly string[];
  readonly hosts?: readonly string[];
  readonly excludeHosts?: readonly string[];
  /** Host tokens per token of ours. */
  readonly tokenRatio: Exact;
  readonly minContextLength?: number;
  readonly rateLimit?: RateLimitConfig;
}

export interface RateLimitConfig {
  readonly requestsPerMinute?: number;
  /** Tokens of the host. */
  readonly tokensPerMinute?: number;
}

export interface RightSizeConfig {
  /** Share of its capacity that a replica is loaded with at most, above 0. */
  readonly headroom: Exact;
  /** Replicas that run even when nothing is asked; 0 lets the deployment be switched off. */
  readonly minReplicas: number;
}

export interface SpotConfig {
  /** Share of GPU time that evictions waste. */
  readonly evictionOverhead: Exact;
}

export interface ServerlessConfig {
  readonly usdPerSecond: Exact;
  readonly coldStartMs: number;
  readonly idleTimeoutMs: number;
  readonly minWorkers: number;
}

export interface WaiverConfig {
  readonly reason: string;
  readonly owner: string;
  readonly worthUsdPerQuarter?: Exact;
  /** Midnight UTC at which the day named in `expires` begins; from then on it has expired. */
  readonly expiresMs?: number;
}
