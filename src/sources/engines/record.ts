/** What one row of the table of engines says: metrics, facts, and the labels that count. */

import type { LatencyMeasure } from '../../domain/usageFacts.ts';
import type { Labels } from './samples.ts';

/**
 * What a series tells. `transferred` is the part of the prompt whose cache another server made;
 * `failed` counts requests that were not served; `busy` is time, counted in milliseconds.
 */
export type Fact =
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

/** The facts that are counters and are counted by their steps. */
export type CountedFact = Exclude<Fact, 'running' | 'created' | 'processStart'>;

export interface Metric {
  /** Behind the family's spelling. */
  readonly name: string;
  /** The facts it tells, always or by the value of a label. */
  readonly tells: readonly Fact[] | ByLabel;
  /** Of metrics that tell the same fact the lowest is believed; 0 unless told. */
  readonly choice?: number;
  /** Without this label it counts something else. */
  readonly onlyWith?: string;
  /** Not read where the label has one of these values. */
  readonly unless?: LabelValues;
  /** Read only where the label has one of these values; `''` is its absence. */
  readonly onlyWhere?: LabelValues;
  /** The value under which the sum of all others may stand beside them. */
  readonly total?: { readonly label: string; readonly value: string };
  /** Read only where its labels fit: what a user's own selector asks. */
  readonly where?: (labels: Labels) => boolean;
  /** True for a name in full, which the same process tells beside its family. */
  readonly isFull?: true;
  /** Counts seconds, with a fraction. */
  readonly isSeconds?: true;
}

interface ByLabel {
  readonly label: string;
  readonly values: Readonly<Record<string, readonly Fact[]>>;
}

export interface LabelValues {
  readonly label: string;
  readonly values: readonly string[];
}

/** Names that mean the same, in as many spellings: OpenTelemetry knows no colon and writes `_`. */
export interface Family {
  readonly name: string;
  /** What stands before the engine's own names: `vllm:`. */
  readonly spellings: readonly string[];
  readonly metrics: readonly Metric[];
  /** Histograms of seconds, the best first; without `_bucket`. */
  readonly latency?: Partial<Readonly<Record<LatencyMeasure, readonly string[]>>>;
}

export interface EngineRecord {
  /** For people. */
  readonly title: string;
  readonly families: readonly Family[];
  /** Labels of ranks that share a process: their counters sum. */
  readonly ranks: readonly string[];
  /** Labels of ranks that count the same work: the highest counts. */
  readonly copies?: readonly string[];
  /** Further labels that tell series of one process apart: their counters sum. */
  readonly parts?: readonly string[];
  readonly modelLabel?: string;
  /** Labels that say which of prefill and decode a server does. */
  readonly roleLabels?: readonly string[];
  /** True where requests may carry labels of any name: series of one scrape are one process. */
  readonly isLabeled?: true;
  /** True for a frontend that stands before the replicas: it tells neither their time nor load. */
  readonly isFrontend?: true;
  /** What is to be said of each reading. */
  readonly caution?: string;
  /** What is to be said where none of its counters is found. */
  readonly missing?: string;
}
