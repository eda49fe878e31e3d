/** The shape of what an audit tells of usage beside its figures: shown, and in no price. */

import type { MeterReason } from '../domain/mappingFact.ts';
import type { RatioText } from './auditWord.ts';

/** Absent keys: nothing was told. */
export interface AuditBeside {
  /** What the tokens of billed time were for; they sum to all that was served in it. */
  readonly demand?: AuditDemand;
  readonly latency?: AuditLatency;
  readonly gpu?: AuditGpu;
  /** The published run that is nearest to what it does. */
  readonly capacityReference?: AuditReference;
  /** The second meter of the same requests, beside the first. */
  readonly gateway?: AuditMeters;
  readonly escalation?: AuditEscalation;
}

/** Over the time that both meters tell; never added to usage. */
export interface AuditMeters {
  readonly source: string;
  readonly comparedHours: RatioText;
  readonly usage: AuditMetered;
  readonly gateway: AuditMetered;
  /** (gateway − usage) ÷ usage, by tokens; null where usage has none. */
  readonly difference: RatioText | null;
  /** Why they differ, as far as their figures tell; null where they agree within 2%. */
  readonly reason: MeterReason | null;
  readonly days: readonly AuditMeterDay[];
}

export interface AuditMetered {
  readonly tokens: number;
  /** Null where a meter tells only the total. */
  readonly promptTokens: number | null;
  readonly outputTokens: number | null;
  readonly requests: number | null;
}

export interface AuditMeterDay {
  readonly day: string;
  readonly usageTokens: number;
  readonly gatewayTokens: number;
}

/** Requests that reached the deployment and were answered again by a hosted API. */
export interface AuditEscalation {
  /** Failed ones too, of which sessions or traces are told. */
  readonly requests: number;
  readonly escalated: number;
  readonly share: RatioText;
}

export interface AuditDemand {
  readonly userTokens: number;
  /** May wait, and are weighed at batch prices. */
  readonly batchTokens: number;
  /** Served nobody: not among `tokens`, and in no figure. */
  readonly benchmarkTokens: number;
  readonly keepWarmTokens: number;
  readonly notToldTokens: number;
}

/** Over the window; what hosting would have to match. */
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
  /** True where it is longer than the histogram can tell: more than `seconds`. */
  readonly isMore: boolean;
}

/** Three utilizations beside what the GPUs say of themselves; see `utilization`, `busyFraction`. */
export interface AuditGpu {
  readonly gpuHours: RatioText;
  /** Share of billed hours in which anything was served. */
  readonly workedFraction: RatioText | null;
  readonly gpuUtil: RatioText | null;
  readonly engineActive: RatioText | null;
  readonly tensorActive: RatioText | null;
  readonly dramActive: RatioText | null;
  /** True where `gpuUtil` and `utilization` differ by more than three times. */
  readonly disagrees: boolean;
}

export interface AuditReference {
  readonly gpu: string;
  readonly model: string;
  readonly precision: string;
  readonly engine: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of one GPU. */
  readonly tokensPerSecond: number;
  readonly source: string;
  /** Our capacity by one GPU, cached prompts left out. */
  readonly ours: RatioText;
  /** `above`: more than 1.5 times the published figure; `below`: less than a tenth of it. */
  readonly judgment: 'above' | 'within' | 'below';
}
