/**
 * Usage facts beside the rows: parts of them, latency, GPU activity, request counts.
 *
 * Unknown is absent, never zero.
 */

import { MINUTE_MS, type Period } from './period.ts';

/** The purpose of requests. Only user and batch demand counts for a verdict. */
export const DEMANDS = ['user', 'batch', 'benchmark', 'keep-warm'] as const;
export type Demand = (typeof DEMANDS)[number];

/** Whose requests they are, and for what; unknown is absent. */
interface RequestLabels {
  readonly demand?: Demand;
  readonly tenant?: string;
  readonly team?: string;
  /** A LoRA adapter. */
  readonly adapter?: string;
}

/**
 * A part of the usage rows of the same source and deployment that begin in its period. Periods are
 * whole UTC hours, or longer if only days are known. Parts in a file have the periods of their
 * rows. All parts of a period come in one response: known parts that are now missing are withdrawn.
 * Parts sum to at most the whole. The remainder has no known purpose or label.
 */
export interface UsagePart extends RequestLabels {
  readonly sourceId: string;
  readonly deployment: string;
  readonly period: Period;
  /** The whole prompt if `cachedPromptTokens` is absent. */
  readonly uncachedPromptTokens: number;
  readonly cachedPromptTokens?: number;
  readonly outputTokens: number;
  readonly requests?: number;
}

export const LATENCY_MEASURES = ['time-to-first-token', 'inter-token', 'request'] as const;
export type LatencyMeasure = (typeof LATENCY_MEASURES)[number];

/** Latency of the requests served in one UTC hour, summed over replicas. */
export interface LatencyHistogram {
  readonly sourceId: string;
  readonly deployment: string;
  readonly period: Period;
  readonly measure: LatencyMeasure;
  /** Upper bounds of the buckets, ascending and finite. */
  readonly boundsSeconds: readonly number[];
  /** Counts by bucket, not cumulative. There is one more than bounds, for values above the last. */
  readonly counts: readonly number[];
}

/** GPU metrics over one UTC hour: means weighted by GPU time, in millionths. */
export interface GpuActivity {
  readonly sourceId: string;
  readonly deployment: string;
  readonly period: Period;
  /** Milliseconds of observation, summed over GPUs. */
  readonly gpuMs: number;
  /** Share of the time in which any kernel ran, however small (NVML's `GPU_UTIL`). */
  readonly gpuUtilMillionths?: number;
  readonly engineActiveMillionths?: number;
  readonly tensorActiveMillionths?: number;
  readonly dramActiveMillionths?: number;
}

/** Requests without tokens by class. */
export interface RequestCount {
  readonly sourceId: string;
  readonly deployment: string;
  readonly period: Period;
  readonly answered: number;
  readonly failed?: number;
  /** How many of all requests, including failed ones, a hosted API answered afterwards. */
  readonly escalated?: number;
  /** Prompt plus output, if only their sum is known. Used for comparison, never as usage. */
  readonly tokens?: number;
}

/** All usage facts of one deployment beside its rows. */
export interface UsageFacts {
  readonly parts: readonly UsagePart[];
  readonly latency: readonly LatencyHistogram[];
  readonly gpuActivity: readonly GpuActivity[];
  readonly requestCounts: readonly RequestCount[];
}

/** The interval by which logged requests are summed. */
export const LOG_INTERVAL_MS = 5 * MINUTE_MS;

/** One request to a deployment, without its content. */
export interface LoggedRequest extends RequestLabels {
  readonly sourceId: string;
  readonly deployment: string;
  /** The interval in which it started. */
  readonly period: Period;
  /** 16 hex digits of a digest of its id: a request in two files counts once. */
  readonly id: string;
  readonly outcome: 'answered' | 'failed';
  /** Set if the request is already stored and a hosted API has now answered it again. */
  readonly isEscalation?: true;
  /** Whether it has a session or trace id, without which escalations cannot be matched. */
  readonly isTraced: boolean;
  /** Prompt tokens, cached ones included. */
  readonly promptTokens: number;
  readonly cachedPromptTokens?: number;
  readonly outputTokens: number;
}
