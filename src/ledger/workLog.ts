/** The interface for the worker's bookkeeping: what is done, and what was pulled. */

import type { Database } from 'better-sqlite3';
import { type Period, period } from '../domain/period.ts';
import { asc, type Store } from './store.ts';
import { pulledWindows, workDone } from './tables/work.ts';

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

/** By line and subject. */
export function readWorkDone({ orm }: Store): WorkDone[] {
  return orm.select().from(workDone).orderBy(asc(workDone.line), asc(workDone.subject)).all();
}

/** By source, fact and start. */
export function readPulledWindows({ orm }: Store): PulledWindow[] {
  const { sourceId, fact, startMs } = pulledWindows;
  const rows = orm.select().from(pulledWindows).orderBy(asc(sourceId), asc(fact), asc(startMs));
  return rows.all().map((row) => ({
    source: row.sourceId,
    fact: row.fact,
    window: period(row.startMs, row.endMs),
    pulledAtMs: row.pulledAtMs,
  }));
}

const UPSERT_DONE = `
INSERT INTO work_done (line, subject, due_at_ms, done_at_ms) VALUES (?, ?, ?, ?)
ON CONFLICT (line, subject) DO UPDATE
SET due_at_ms = excluded.due_at_ms, done_at_ms = excluded.done_at_ms
WHERE excluded.due_at_ms > work_done.due_at_ms`;

const TOUCHING = `
SELECT min(start_ms), max(end_ms), max(pulled_at_ms) FROM pulled_window
WHERE source_id = :source AND fact = :fact AND start_ms <= :endMs AND end_ms >= :startMs`;

const DELETE_TOUCHING = `
DELETE FROM pulled_window
WHERE source_id = :source AND fact = :fact AND start_ms <= :endMs AND end_ms >= :startMs`;

export interface WorkWriter {
  markDone(work: Omit<WorkDone, 'doneAtMs'>, nowMs: number): boolean;
  forgetDone(work: Pick<WorkDone, 'line' | 'subject'>): void;
  markPulled(pulled: CompletedPull, nowMs: number): void;
}

export function createWorkWriter(db: Database): WorkWriter {
  const upsertDone = db.prepare(UPSERT_DONE);
  const forget = db.prepare('DELETE FROM work_done WHERE line = ? AND subject = ?');
  const selectTouching = db.prepare(TOUCHING).raw().safeIntegers(false);
  const deleteTouching = db.prepare(DELETE_TOUCHING);
  const insert = db.prepare('INSERT INTO pulled_window VALUES (?, ?, ?, ?, ?)');
  return {
    markDone: ({ line, subject, dueAtMs }, nowMs) =>
      upsertDone.run(line, subject, dueAtMs, nowMs).changes === 1,
    forgetDone: ({ line, subject }) => void forget.run(line, subject),
    markPulled({ source, facts, window: { startMs, endMs } }, nowMs) {
      for (const fact of facts) {
        const parameters = { source, fact, startMs, endMs };
        const [first, last, at] = selectTouching.get(parameters) as (number | null)[];
        deleteTouching.run(parameters);
        const start = Math.min(startMs, first ?? startMs);
        insert.run(
          source,
          fact,
          start,
          Math.max(endMs, last ?? endMs),
          Math.max(nowMs, at ?? nowMs),
        );
      }
    },
  };
}
