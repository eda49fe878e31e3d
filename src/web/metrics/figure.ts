/** A metric: a name with its unit, a description, and samples of a moment. */

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
  /** What is unknown has no sample: it is not zero. */
  samples(snapshot: Snapshot): readonly Sample[];
}

export function one(value: number): Sample[] {
  return [{ labels: {}, value }];
}

export function seconds(ms: number): number {
  return ms / 1000;
}

/** No sample while the ledger does not answer. */
export function ofLedger(samples: (ledger: LedgerSnapshot, nowMs: number) => Sample[]) {
  return ({ ledger, nowMs }: Snapshot): Sample[] =>
    ledger === undefined ? [] : samples(ledger, nowMs);
}

/** A sample for each source of which the value is known. */
export function bySource(value: (source: SourceState, nowMs: number) => number | undefined) {
  return ofLedger(({ sources }, nowMs) =>
    sources.flatMap((source) => known({ source: source.id }, value(source, nowMs))),
  );
}

/** One sample, or none where the value is unknown. */
export function known(labels: Sample['labels'], value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}
