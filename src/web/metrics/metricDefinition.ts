/** The type of a metric definition, and helpers that make its samples. */

import type { SourceState } from '../facts/sources.ts';
import type { LedgerSnapshot, MetricsSnapshot } from './snapshot.ts';

export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricDefinition {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly labels: readonly string[];
  /** An unknown value has no sample, because it is not zero. */
  samples(snapshot: MetricsSnapshot): readonly MetricSample[];
}

export function singleSample(value: number): MetricSample[] {
  return [{ labels: {}, value }];
}

export function toSeconds(ms: number): number {
  return ms / 1000;
}

/** Samples from the ledger; empty while the ledger is unavailable. */
export function fromLedger(samples: (ledger: LedgerSnapshot, nowMs: number) => MetricSample[]) {
  return ({ ledger, nowMs }: MetricsSnapshot): MetricSample[] =>
    ledger === undefined ? [] : samples(ledger, nowMs);
}

/** One sample for each source whose value is known. */
export function perSource(value: (source: SourceState, nowMs: number) => number | undefined) {
  return fromLedger(({ sources }, nowMs) =>
    sources.flatMap((source) => sampleIfKnown({ source: source.id }, value(source, nowMs))),
  );
}

/** One sample, or an empty list if the value is unknown. */
export function sampleIfKnown(
  labels: MetricSample['labels'],
  value: number | undefined,
): MetricSample[] {
  return value === undefined ? [] : [{ labels, value }];
}
