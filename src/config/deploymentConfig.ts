/** Types of one deployment in the parsed `rentcheck.yaml`. */

import type { ChargeMatch } from '../domain/charge.ts';
import type { Exact } from '../domain/exact.ts';
import type { UsageSettings } from '../domain/engine.ts';

export interface DeploymentConfig {
  readonly id: string;
  /** The person or team that carries out the decision. */
  readonly owner?: string;
  readonly model: string;
  readonly precision?: string;
  /** GPUs of one replica. */
  readonly gpu: {
    readonly type: string;
    readonly count: number;
    /**
     * Share of each GPU, above 0: a slice, or a part of a GPU that pods share in turns. The whole
     * GPU if absent.
     */
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
  /** Set if the deployment must stay regardless of its cost. */
  readonly waiver?: WaiverConfig;
}

/** `from` becomes midnight UTC at the start of that day, `until` midnight UTC after that day. */
export interface ResourceMatchConfig extends ChargeMatch {
  readonly source: string;
}

export interface UsageConfig extends UsageSettings {
  readonly source: string;
  /** The source of its GPU telemetry. */
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
  /** Capacity of one replica, prompt and output tokens together. */
  readonly tokensPerSecond: Exact;
  /** The date of the measurement as written, `2026-06-01`. */
  readonly measured?: string;
  readonly evidence?: string;
}

export interface HostedConfig {
  readonly equivalents: readonly EquivalentConfig[];
  readonly policy: 'cheapest' | 'median' | 'pinned';
  readonly pinned?: string;
  /** From 0 to 1. */
  readonly minUptime?: Exact;
  /** Share of the observed time in which a provider was healthy. */
  readonly minHealthyShare?: Exact;
  readonly minContextLength?: number;
  /** Regions and data policies that are allowed, as providers name them; all if absent. */
  readonly regions?: readonly string[];
  readonly dataPolicies?: readonly string[];
  /** Features that callers use, as providers name them. */
  readonly features?: readonly string[];
  /** 0.055 is 5.5%. */
  readonly fee: Exact;
  readonly allowFree: boolean;
  /** Hosted models that already serve part of this traffic. */
  readonly alreadySpent?: readonly AlreadySpentConfig[];
}

export interface AlreadySpentConfig {
  /** The source that bills it. */
  readonly source: string;
  /** With `*` as a wildcard. */
  readonly model: string;
  /** Provider tokens per self-hosted token. */
  readonly tokenRatio: Exact;
}

export interface EquivalentConfig {
  /** The source that provides its prices. */
  readonly via: string;
  readonly model: string;
  readonly quantizations?: readonly string[];
  readonly hosts?: readonly string[];
  readonly excludeHosts?: readonly string[];
  /** Provider tokens per self-hosted token. */
  readonly tokenRatio: Exact;
  readonly minContextLength?: number;
  readonly rateLimit?: RateLimitConfig;
}

export interface RateLimitConfig {
  readonly requestsPerMinute?: number;
  /** Counted in provider tokens. */
  readonly tokensPerMinute?: number;
}

export interface RightSizeConfig {
  /** Maximum load of a replica as a share of its capacity, above 0. */
  readonly headroom: Exact;
  /** Replicas that run even without requests; 0 allows the deployment to be switched off. */
  readonly minReplicas: number;
}

export interface SpotConfig {
  /** Share of GPU time that is lost to evictions. */
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
  /** Midnight UTC at the start of the day in `expires`, from which on the waiver has expired. */
  readonly expiresMs?: number;
}
