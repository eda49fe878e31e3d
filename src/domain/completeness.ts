/** What a source billed and what ran there, and a gap between the two. */

import type { ChargeCategory } from './charge.ts';
import type { Period } from './period.ts';
import type { StatesByKind } from './uptime.ts';

/** A source's charges in one category. */
export interface BillStream {
  readonly sourceId: string;
  readonly category: ChargeCategory;
  /** Length of its shortest charges, at least a day. */
  readonly periodMs: number;
  /** Nano-USD by UTC day that a charge touches, including 0. */
  readonly days: ReadonlyMap<number, bigint>;
}

/** A source's inventories, by UTC day. */
export interface BillInventory {
  readonly sourceId: string;
  /** Whether it lists everything billed, and nothing is billed by use alone. */
  readonly isWhole: boolean;
  readonly answered: ReadonlySet<number>;
  /** Days with a resource in a billed state. */
  readonly running: ReadonlySet<number>;
  /** Days with a resource in a state of unknown billing. */
  readonly unsure: ReadonlySet<number>;
  /** Days with a volume. */
  readonly kept: ReadonlySet<number>;
}

/**
 * A resource that inventories listed as running, and the first and last day that a charge names it.
 */
export interface SeenRunning {
  readonly sourceId: string;
  readonly resourceId: string;
  readonly name: string;
  readonly days: readonly number[];
  readonly billedFromMs?: number;
  readonly billedToMs?: number;
}

export interface BillFacts {
  readonly streams: readonly BillStream[];
  readonly inventories: readonly BillInventory[];
  readonly seen: readonly SeenRunning[];
}

export interface BillSource {
  readonly id: string;
  /** Days after which its bill no longer changes. */
  readonly trailingDays: number;
  readonly providesCharges: boolean;
  /** Meaning of its inventory's statuses; absent if they do not show billing. */
  readonly states?: StatesByKind;
}

export interface BillFactsQuery {
  /** Widened to whole days. */
  readonly window: Period;
  /** Time as of which the ledger is read. */
  readonly asOfMs: number;
  /** Meaning of their inventories' statuses. */
  readonly sources: readonly Pick<BillSource, 'id' | 'states'>[];
}

export interface BillGap {
  readonly sourceId: string;
  readonly unit: 'day' | 'month' | 'resource';
  /** Absent if all charges of the source are missing. */
  readonly category?: ChargeCategory;
  readonly resourceId?: string;
  readonly name?: string;
  /** Start times of the missing days or months, in order. */
  readonly atMs: readonly number[];
  /** Estimated total at the source's usual day or month; 0 if unknown. */
  readonly likelyNanoUsd: bigint;
  /** Whether no charge came after it. */
  readonly isOngoing: boolean;
}
