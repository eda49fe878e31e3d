/** The scheduler, which adds jobs to the queue at the minutes that node-cron reports. */

import { createTask } from 'node-cron';
import { MINUTE_MS } from '../domain/period.ts';
import type { Log } from '../platform/log.ts';
import type { JobQueue } from './queue.ts';
import type { TimetableEntry } from '../calendar/timetable.ts';

export interface Scheduler {
  /** Stops the cron tasks and waits for jobs that are being added. */
  stop(): Promise<void>;
}

type QueueAdd = Pick<JobQueue, 'add'>;

/** What the scheduler needs of a timetable entry. */
type CronEntry = Pick<TimetableEntry, 'cron' | 'due'> & { readonly name: string };

/**
 * Starts adding scheduled jobs. A job that could not be added is logged; the daily backlog check
 * adds it later.
 */
export function startScheduler(
  entries: readonly CronEntry[],
  queue: QueueAdd,
  log: Log,
): Scheduler {
  const underWay = new Set<Promise<void>>();
  const tasks = entries.map((entry) => {
    const task = createTask(
      entry.cron,
      ({ date }) => {
        const adding = addDueJobs(entry, queue, Math.floor(date.getTime() / MINUTE_MS) * MINUTE_MS)
          .catch((error: Error) =>
            log.error('could not add a scheduled job', {
              ring: entry.name,
              problem: error.message,
            }),
          )
          .finally(() => underWay.delete(adding));
        underWay.add(adding);
        return adding;
      },
      { timezone: 'UTC', name: entry.name, suppressMissedWarning: true },
    );
    task.on('execution:missed', ({ date }) => {
      log.warn('missed a scheduled run', { ring: entry.name, due: date.toISOString() });
    });
    return task;
  });
  for (const task of tasks) void task.start();
  return {
    async stop() {
      for (const task of tasks) await task.destroy();
      await Promise.all(underWay);
    },
  };
}

/** Adds the jobs due at the instant. Their ids make it safe for several workers to add them. */
export async function addDueJobs(
  entry: Pick<CronEntry, 'due'>,
  queue: QueueAdd,
  runAtMs: number,
): Promise<void> {
  for (const due of entry.due(runAtMs)) await queue.add(due);
}
