/** How scheduled jobs are added: node-cron gives the minute, and the jobs go into the queue. */

import { createTask } from 'node-cron';
import { MINUTE_MS } from '../domain/period.ts';
import type { Log } from '../platform/log.ts';
import type { JobQueue } from './queue.ts';
import type { Ring } from './timetable.ts';

export interface Bell {
  /** Stops ringing, and waits for a ring that is under way. */
  stop(): Promise<void>;
}

type Adding = Pick<JobQueue, 'add'>;

/** What a bell needs of a ring. */
type Ringing = Pick<Ring, 'cron' | 'due'> & { readonly name: string };

/**
 * Adds scheduled jobs until it is stopped. A job that could not reach the queue is logged; the
 * daily backlog check adds it later.
 */
export function hangBell(rings: readonly Ringing[], queue: Adding, log: Log): Bell {
  const underWay = new Set<Promise<void>>();
  const tasks = rings.map((ring) => {
    const task = createTask(
      ring.cron,
      ({ date }) => {
        const ringing = order(ring, queue, Math.floor(date.getTime() / MINUTE_MS) * MINUTE_MS)
          .catch((error: Error) =>
            log.error('could not add a scheduled job', { ring: ring.name, problem: error.message }),
          )
          .finally(() => underWay.delete(ringing));
        underWay.add(ringing);
        return ringing;
      },
      { timezone: 'UTC', name: ring.name, suppressMissedWarning: true },
    );
    task.on('execution:missed', ({ date }) => {
      log.warn('missed a scheduled run', { ring: ring.name, due: date.toISOString() });
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

/** Orders what is due at the instant; rung twice, by one worker or by two, it orders it once. */
export async function order(
  ring: Pick<Ringing, 'due'>,
  queue: Adding,
  ringAtMs: number,
): Promise<void> {
  for (const due of ring.due(ringAtMs)) await queue.add(due);
}
