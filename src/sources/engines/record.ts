/** Types of the engine table: metrics, their facts, and the labels that matter. */

import type { LatencyMeasure } from '../../domain/usageFacts.ts';
import type { SeriesLabels } from './samples.ts';

/**
 * What a series measures. `transferred` is the part of the prompt that another server cached.
 * `failed` counts requests that were not served. `busy` is time in ms.
 */
export type MetricFact =
  | 'prompt'
  | 'output'
  | 'cached'
  | 'transferred'
  | 'requests'
  | 'failed'
  | 'busy'
  | 'running'
  | 'created'
  | 'processStart';

/** Facts of counters, which are counted by their steps. */
export type CountedFact = Exclude<MetricFact, 'running' | 'created' | 'processStart'>;

export interface EngineMetric {
  /** The name without the family's prefix. */
  readonly name: string;
  /** The facts of the metric, fixed or by the value of a label. */
  readonly facts: readonly MetricFact[] | ByLabel;
  /** Of several metrics with the same fact, the lowest choice is used. The default is 0. */
  readonly choice?: number;
  /** Without this label, the metric counts something else. */
  readonly onlyWith?: string;
  /** Not read if the label has one of these values. */
  readonly unless?: LabelValues;
  /** Read only if the label has one of these values. `''` means that it is absent. */
  readonly onlyWhere?: LabelValues;
  /** The label value under which the metric may also report the sum of all other values. */
  readonly total?: { readonly label: string; readonly value: string };
  /** Read only if its labels match, for selectors from the config. */
  readonly where?: (labels: SeriesLabels) => boolean;
  /** Set for a full name without the family's prefix, which the same process also exports. */
  readonly isFull?: true;
  /** Set if it counts seconds, with fractions. */
  readonly isSeconds?: true;
}

interface ByLabel {
  readonly label: string;
  readonly values: Readonly<Record<string, readonly MetricFact[]>>;
}

export interface LabelValues {
  readonly label: string;
  readonly values: readonly string[];
}

/** Metric names of one meaning in several spellings. OpenTelemetry replaces the colon with `_`. */
export interface MetricFamily {
  readonly name: string;
  /** Prefixes of the engine's metric names, such as `vllm:`. */
  readonly spellings: readonly string[];
  readonly metrics: readonly EngineMetric[];
  /** Histograms in seconds without `_bucket`, the preferred one first. */
  readonly latency?: Partial<Readonly<Record<LatencyMeasure, readonly string[]>>>;
}

export interface EngineRecord {
  /** The name for people. */
  readonly title: string;
  readonly families: readonly MetricFamily[];
  /** Labels of ranks that share a process. Their counters are summed. */
  readonly ranks: readonly string[];
  /** Labels of ranks that count the same work. The highest value is used. */
  readonly copies?: readonly string[];
  /** Further labels that distinguish series of one process. Their counters are summed. */
  readonly parts?: readonly string[];
  readonly modelLabel?: string;
  /** Labels that state whether a server does prefill or decode. */
  readonly roleLabels?: readonly string[];
  /** Set if requests may add labels of any name. Series of one scrape are then one process. */
  readonly isLabeled?: true;
  /** Set for a frontend before the replicas, which reports neither their time nor their load. */
  readonly isFrontend?: true;
  /** True if the engine calls its token counters experimental. */
  readonly isExperimental?: true;
  /** A hint if none of its counters is found. */
  readonly missing?: string;
}
