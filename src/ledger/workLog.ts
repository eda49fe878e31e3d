/** What the ledger remembers of the worker's own work: what is done, and what was pulled. */

import type { Period } from '../domain/period.ts';

/** A line of the timetable is done for a subject, up to and including what was due then. */
export interface WorkDone {
  /** As the timetable names it, e.g. `usage` or `quarter`. */
  readonly line: string;
  /** What it was done for: a source's id, a quarter, or `''` for the line as a whole. */
  readonly subject: string;
  readonly dueAtMs: number;
  readonly doneAtMs: number;
}

/** A stretch of time of which a source told all of one kind of fact. */
export interface PulledWindow {
  readonly source: string;
  readonly fact: string;
  readonly window: Period;
  /** The last time that any of it was pulled. */
  readonly pulledAtMs: number;
}

/** A pull in which nothing failed. */
export interface Pulled {
  readonly source: string;
  readonly facts: readonly string[];
  readonly window: Period;
}

/**
 * Bookkeeping that only moves forward until it is forgotten: told again, or out of order, it stays
 * as it is. The worker computes from it what it owes after a time in which it did not run.
 */
export interface WorkLog {
  /** Answers false where the same or a later due moment is done already; nothing changes then. */
  markDone(work: Omit<WorkDone, 'doneAtMs'>, nowMs: number): Promise<boolean>;
  /** What was done for the subject no longer counts: it is begun anew. */
  forgetDone(work: Pick<WorkDone, 'line' | 'subject'>): Promise<void>;
  /** Everything that is done: one row for each line and subject, in their order. */
  workDone(): Promise<readonly WorkDone[]>;
  /**
   * To be called when the whole window has been pulled and nothing failed. Windows that touch or
   * overlap become one, so that the same coverage is the same rows however it came about.
   */
  markPulled(pulled: Pulled, nowMs: number): Promise<void>;
  /** By source, fact and start; of one source and fact they neither touch nor overlap. */
  pulledWindows(): Promise<readonly PulledWindow[]>;
}
