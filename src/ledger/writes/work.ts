/** Writes the worker's bookkeeping: only forward, stretches that touch as one. */

import type { Database } from 'better-sqlite3';
import type { Pulled, WorkDone } from '../workLog.ts';

const DONE = `
INSERT INTO work_done (line, subject, due_at_ms, done_at_ms) VALUES (?, ?, ?, ?)
ON CONFLICT (line, subject) DO UPDATE
SET due_at_ms = excluded.due_at_ms, done_at_ms = excluded.done_at_ms
WHERE excluded.due_at_ms > work_done.due_at_ms`;

const REACHED = `
SELECT min(start_ms), max(end_ms), max(pulled_at_ms) FROM pulled_window
WHERE source_id = :source AND fact = :fact AND start_ms <= :endMs AND end_ms >= :startMs`;

const SWALLOW = `
DELETE FROM pulled_window
WHERE source_id = :source AND fact = :fact AND start_ms <= :endMs AND end_ms >= :startMs`;

export interface WorkWriter {
  markDone(work: Omit<WorkDone, 'doneAtMs'>, nowMs: number): boolean;
  forgetDone(work: Pick<WorkDone, 'line' | 'subject'>): void;
  markPulled(pulled: Pulled, nowMs: number): void;
}

/** Call inside a transaction. */
export function createWorkWriter(db: Database): WorkWriter {
  const done = db.prepare(DONE);
  const forget = db.prepare('DELETE FROM work_done WHERE line = ? AND subject = ?');
  const reached = db.prepare(REACHED).raw().safeIntegers(false);
  const swallow = db.prepare(SWALLOW);
  const insert = db.prepare('INSERT INTO pulled_window VALUES (?, ?, ?, ?, ?)');
  return {
    markDone: ({ line, subject, dueAtMs }, nowMs) =>
      done.run(line, subject, dueAtMs, nowMs).changes === 1,
    forgetDone: ({ line, subject }) => void forget.run(line, subject),
    markPulled({ source, facts, window: { startMs, endMs } }, nowMs) {
      for (const fact of facts) {
        const stretch = { source, fact, startMs, endMs };
        const [first, last, at] = reached.get(stretch) as (number | null)[];
        swallow.run(stretch);
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
