/** Reads the bookkeeping of the worker. */

import { period } from '../../domain/period.ts';
import { asc } from '../drizzle.ts';
import type { Store } from '../store.ts';
import { pulledWindows, workDone } from '../tables/work.ts';
import type { PulledWindow, WorkDone } from '../workLog.ts';

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
