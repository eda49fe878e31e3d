/** Finds overdue work and queues it, at start and every day. */

import { z } from 'zod';
import { type Backlog, computeBacklog, findAbandonedDeliveries } from '../calendar/backlog.ts';
import { type Schedule, toSchedule } from '../calendar/schedule.ts';
import type { Job, JobContext } from './job.ts';

/** Returns what is overdue now: scheduled work first, then unsent messages. */
export async function findBacklog(
  { ledger, clock }: Pick<JobContext, 'ledger' | 'clock'>,
  schedule: Schedule,
): Promise<Backlog> {
  const nowMs = clock.nowMs();
  const [done, pulled] = await Promise.all([ledger.work.done(), ledger.work.pulledWindows()]);
  const { jobs, firstSeen } = computeBacklog({ nowMs, schedule, done, pulled });
  const unsent = schedule.deliver
    ? findAbandonedDeliveries(await ledger.deliveries.list(), nowMs)
    : [];
  return { jobs: [...jobs, ...unsent], firstSeen };
}

const payload = z.strictObject({});

/** `owed {}`: computed from the ledger alone, so that it also repairs a lost queue. */
export const backlogJob: Job<z.output<typeof payload>, { readonly ordered: readonly string[] }> = {
  name: 'owed',
  payload,
  async run(context) {
    const { ledger, engine, clock } = context;
    await ledger.facts.closeInterruptedImports();
    const nowMs = clock.nowMs();
    const { jobs, firstSeen } = await findBacklog(context, toSchedule(context));
    // Queued first: after a crash in between they are queued again, under the same IDs.
    await engine.enqueue(jobs);
    for (const work of firstSeen) await ledger.work.markDone(work, nowMs);
    const ordered = jobs.map(({ id }) => id);
    context.progress(
      ordered.length === 0 ? 'nothing is overdue' : `overdue: ${ordered.join(', ')}`,
    );
    return { kind: 'done', result: { ordered }, shortfalls: [] };
  },
  figures: ({ ordered }) => ({ ordered: ordered.length }),
};
