/** The shape of what an audit tells of usage beside its figures: shown, and in no price. */

import type { RatioText } from './auditWord.ts';

/** Absent keys: nothing was told. */
export interface AuditBeside {
  /** What the tokens of billed time were for; they sum to all that was served in it. */
  readonly demand?: AuditDemand;
  readonly latency?: AuditLatency;
  readonly gpu?: AuditGpu;
  /** The published run that is nearest to what it does. */
  readonly capacityReference?: AuditReference;
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
