/** Writes the worker's bookkeeping, which only moves forward and merges adjacent windows. */

import type { Database } from 'better-sqlite3';
import type { CompletedPull, WorkDone } from '../workLog.ts';

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
