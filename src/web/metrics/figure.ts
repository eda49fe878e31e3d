/** The type of a metric definition, and helpers that make its samples. */

import type { SourceState } from '../facts/sources.ts';
import type { LedgerSnapshot, Snapshot } from './snapshot.ts';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly labels: readonly string[];
  /** An unknown value has no sample, because it is not zero. */
  samples(snapshot: Snapshot): readonly Sample[];
}

export function one(value: number): Sample[] {
  return [{ labels: {}, value }];
}

export function seconds(ms: number): number {
  return ms / 1000;
}

/** Samples from the ledger; empty while the ledger is unavailable. */
export function ofLedger(samples: (ledger: LedgerSnapshot, nowMs: number) => Sample[]) {
  return ({ ledger, nowMs }: Snapshot): Sample[] =>
    ledger === undefined ? [] : samples(ledger, nowMs);
}

/** One sample for each source whose value is known. */
export function bySource(value: (source: SourceState, nowMs: number) => number | undefined) {
  return ofLedger(({ sources }, nowMs) =>
    sources.flatMap((source) => known({ source: source.id }, value(source, nowMs))),
  );
}

/** One sample, or an empty list if the value is unknown. */
export function known(labels: Sample['labels'], value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}
