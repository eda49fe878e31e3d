/**
 * What is told of usage beside its rows: parts of them, latency, GPU activity, bare counts of
 * requests. Unknown is absent, never zero.
 */

import type { Period } from './period.ts';

/** What requests were for; those that served nobody buy no verdict. */
export const DEMANDS = ['user', 'batch', 'benchmark', 'keep-warm'] as const;
export type Demand = (typeof DEMANDS)[number];

/**
 * A part of what the rows of the same source, deployment and time tell: of the rows that begin in
 * its period. By whole UTC hours, or longer where only days are told; a file's parts have the time
 * of their rows. All parts of a period come in one answer: those that were known of it and are not
 * told again are withdrawn. Parts sum to at most the whole; what is left is "not told".
 */
export interface UsagePart {
  readonly sourceId: string;
  readonly deployment: string;
  readonly period: Period;
  readonly demand?: Demand;
  readonly tenant?: string;
  readonly team?: string;
  /** A LoRA adapter. */
  readonly adapter?: string;
  /** The whole prompt where `cachedPromptTokens` is absent. */
  readonly uncachedPromptTokens: number;
  readonly cachedPromptTokens?: number;
  readonly outputTokens: number;
  readonly requests?: number;
}

export const LATENCY_MEASURES = ['time-to-first-token', 'inter-token', 'request'] as const;
export type LatencyMeasure = (typeof LATENCY_MEASURES)[number];

/** How long what was served in one UTC hour took, summed over replicas. */
export interface LatencyHistogram {
  readonly sourceId: string;
  readonly deployment: string;
  readonly period: Period;
  readonly measure: LatencyMeasure;
  /** Upper ends of the buckets, ascending and finite. */
  readonly boundsSeconds: readonly number[];
  /** By bucket, not cumulative; one more than bounds, the last is beyond them. */
  readonly counts: readonly number[];
}

/** What GPUs say of themselves over one UTC hour: means weighted by GPU time, in millionths. */
export interface GpuActivity {
  readonly sourceId: string;
  readonly deployment: string;
  readonly period: Period;
  /** Milliseconds for which a GPU was watched, summed over GPUs. */
  readonly gpuMs: number;
  /** Share of the time in which any kernel ran, however small (NVML's `GPU_UTIL`). */
  readonly gpuUtilMillionths?: number;
  readonly engineActiveMillionths?: number;
  readonly tensorActiveMillionths?: number;
  readonly dramActiveMillionths?: number;
}

/** Requests whose tokens are not known by class. */
export interface RequestCount {
  readonly sourceId: string;
  readonly deployment: string;
  readonly period: Period;
  readonly answered: number;
  readonly failed?: number;
  /** Of all that reached the deployment, failed ones too: how many a hosted API answered then. */
  readonly escalated?: number;
  /** Prompt and output together, where no more is told; compared, and never usage. */
  readonly tokens?: number;
}

/** Everything told of one deployment beside its rows. */
export interface UsageFacts {
  readonly parts: readonly UsagePart[];
  readonly latency: readonly LatencyHistogram[];
  readonly gpuActivity: readonly GpuActivity[];
  readonly requestCounts: readonly RequestCount[];
}
