/**
 * Types of an audit's additional usage figures. They are shown, and no cost is computed from them.
 */

import type { MeterReason } from '../domain/mappingFact.ts';
import type { RatioText } from '../domain/figures.ts';

/** A key without data is absent. */
export interface AuditUsageDetail {
  /** Tokens of billed time by purpose. They sum to all tokens served in that time. */
  readonly demand?: AuditDemand;
  readonly latency?: AuditLatency;
  readonly gpu?: AuditGpu;
  /** The published benchmark run closest to the deployment. */
  readonly capacityReference?: AuditReference;
  /** The gateway's count of the same requests, compared with usage. */
  readonly gateway?: AuditMeters;
  readonly escalation?: AuditEscalation;
}

/**
 * Two meters compared over the time that both report. The gateway's tokens are never added to
 * usage.
 */
export interface AuditMeters {
  readonly source: string;
  readonly comparedHours: RatioText;
  readonly usage: AuditMetered;
  readonly gateway: AuditMetered;
  /** (gateway − usage) ÷ usage, by tokens. Null if usage has no tokens. */
  readonly difference: RatioText | null;
  /** Why they differ, as far as the figures show. Null if they agree within 2%. */
  readonly reason: MeterReason | null;
  readonly days: readonly AuditMeterDay[];
}

export interface AuditMetered {
  readonly tokens: number;
  /** Null if a meter reports only the total. */
  readonly promptTokens: number | null;
  readonly outputTokens: number | null;
  readonly requests: number | null;
}

export interface AuditMeterDay {
  readonly day: string;
  readonly usageTokens: number;
  readonly gatewayTokens: number;
}

/** Requests that the deployment received and a hosted API answered again. */
export interface AuditEscalation {
  /** All requests with a session or trace, including failed ones. */
  readonly requests: number;
  readonly escalated: number;
  readonly share: RatioText;
}

export interface AuditDemand {
  readonly userTokens: number;
  /** Tokens that can wait. They are priced at batch prices. */
  readonly batchTokens: number;
  /** Benchmark tokens are not part of `tokens` or any other figure. */
  readonly benchmarkTokens: number;
  readonly keepWarmTokens: number;
  readonly notToldTokens: number;
}

/** Latency over the window. A hosted API would have to match it. */
export interface AuditLatency {
  readonly timeToFirstToken?: AuditQuantiles;
  readonly interToken?: AuditQuantiles;
  readonly request?: AuditQuantiles;
}

export interface AuditQuantiles {
  readonly count: number;
  readonly p50: AuditQuantile;
  readonly p95: AuditQuantile;
}

export interface AuditQuantile {
  readonly seconds: RatioText;
  /** True if the value exceeds the histogram's last bucket: more than `seconds`. */
  readonly isMore: boolean;
}

/** GPU metrics, for comparison with `utilization` and `busyFraction`. */
export interface AuditGpu {
  readonly gpuHours: RatioText;
  /** Share of billed hours with any traffic. */
  readonly workedFraction: RatioText | null;
  readonly gpuUtil: RatioText | null;
  readonly engineActive: RatioText | null;
  readonly tensorActive: RatioText | null;
  readonly dramActive: RatioText | null;
  /** True if `gpuUtil` and `utilization` differ by more than a factor of 3. */
  readonly disagrees: boolean;
}

export interface AuditReference {
  readonly gpu: string;
  readonly model: string;
  readonly precision: string;
  readonly engine: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Throughput of one GPU. */
  readonly tokensPerSecond: number;
  readonly source: string;
  /** The deployment's capacity for each GPU, without cached prompts. */
  readonly ours: RatioText;
  /** `above`: more than 1.5 times the published figure; `below`: less than a tenth of it. */
  readonly judgment: 'above' | 'within' | 'below';
}
