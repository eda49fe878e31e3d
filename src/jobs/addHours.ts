/** Stores hours that a person records, with the person's name, once for each ID. */

import { z } from 'zod';
import type { OpsEntry } from '../domain/provenance.ts';
import { dayText } from '../domain/period.ts';
import type { Job } from './job.ts';

const payload = z.strictObject({
  /** Midnight UTC of a day that is not in the future. */
  dayMs: z.int(),
  workedMs: z.int().positive(),
  /** A deployment of the config; absent for work on the whole stack. */
  deployment: z.string().optional(),
  note: z.string().optional(),
  /** Entries with the same ID are the same entry. */
  id: z.string().min(1),
  /** Who recorded the hours, if known. */
  by: z.string().optional(),
  source: z.string().min(1),
});

export interface HoursResult {
  readonly entry: OpsEntry;
  readonly outcome: 'added' | 'restated' | 'unchanged';
}

/**
 * `ops.add {dayMs, workedMs, deployment?, note?, id, by?, source}`: stores one entry, like an
 * import of one row.
 */
export const addHoursJob: Job<z.output<typeof payload>, HoursResult> = {
  name: 'ops.add',
  payload,
  async run({ clock, ledger }, { source, id, by, dayMs, workedMs, deployment, note }) {
    const entry: OpsEntry = {
      sourceId: source,
      key: `added/${id}`,
      dayMs,
      ...(deployment === undefined ? {} : { deployment }),
      workedMs,
      ...(note === undefined ? {} : { note }),
    };
    const nowMs = clock.nowMs();
    const record = { by, id, date: dayText(dayMs), deployment, workedMs, note };
    const fetch = {
      sourceId: source,
      kind: 'ops.add',
      url: 'command:ops add',
      startedAtMs: nowMs,
      endedAtMs: nowMs,
      body: new TextEncoder().encode(`${JSON.stringify(record)}\n`),
    };
    const ops = [{ position: 1, fact: entry }];
    const { added, restated } = await ledger.append({ fetch, ops }, nowMs);
    const outcome = added > 0 ? 'added' : restated > 0 ? 'restated' : 'unchanged';
    return { kind: 'done', result: { entry, outcome }, shortfalls: [] };
  },
};
