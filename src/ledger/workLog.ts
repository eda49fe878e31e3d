/** The interface for the worker's bookkeeping: what is done, and what was pulled. */

import type { Period } from '../domain/period.ts';

/** A line of the timetable is done for a subject, up to and including the due time. */
export interface WorkDone {
  /** The name in the timetable, e.g. `usage` or `quarter`. */
  readonly line: string;
  /** The id of a source, a quarter, or `''` for the whole line. */
  readonly subject: string;
  readonly dueAtMs: number;
  readonly doneAtMs: number;
}

/** A period for which a source returned all facts of one kind. */
export interface PulledWindow {
  readonly source: string;
  readonly fact: string;
  readonly window: Period;
  /** The time of the last pull of any part. */
  readonly pulledAtMs: number;
}

/** A pull without failures. */
export interface CompletedPull {
  readonly source: string;
  readonly facts: readonly string[];
  readonly window: Period;
}

/**
 * Bookkeeping that only moves forward until it is reset. Repeated or out-of-order calls change
 * nothing. The worker computes its backlog from it after downtime.
 */
export interface WorkLog {
  /** Returns false if this or a later due time is done already. Nothing changes then. */
  markDone(work: Omit<WorkDone, 'doneAtMs'>, nowMs: number): Promise<boolean>;
  /** Resets the work of a subject, so that it is done again. */
  resetDone(work: Pick<WorkDone, 'line' | 'subject'>): Promise<void>;
  /** All work done, one row per line and subject, in that order. */
  workDone(): Promise<readonly WorkDone[]>;
  /**
   * Call it after the whole window was pulled without failures. Adjacent and overlapping windows
   * are merged, so that equal coverage always gives equal rows.
   */
  markPulled(pulled: CompletedPull, nowMs: number): Promise<void>;
  /** By source, fact and start. Windows of one source and fact never touch or overlap. */
  pulledWindows(): Promise<readonly PulledWindow[]>;
}
