/** How BullMQ's states of a job map to ours. */

import type { Job, JobType, Queue } from 'bullmq';
import type { JobState, QueuedJob } from '../domain/queuedJob.ts';
import type { Done } from './done.ts';

/** In BullMQ a job that waits may do so in several places. */
const STATES: Readonly<Record<JobState, readonly JobType[]>> = {
  running: ['active'],
  waiting: ['waiting', 'prioritized'],
  awaiting: ['waiting-children'],
  delayed: ['delayed'],
  done: ['completed'],
  failed: ['failed'],
};

/** A job as it is seen when BullMQ has said where it stands. */
export function viewOf(job: Job, word: string): QueuedJob {
  return viewIn(job, stateOf(word));
}

export async function listed(
  queue: Queue,
  states: readonly JobState[],
  most: number,
): Promise<QueuedJob[]> {
  const found: QueuedJob[] = [];
  for (const state of states) {
    const jobs = await queue.getJobs([...STATES[state]], 0, most - 1);
    const views = jobs.map((job) => viewIn(job, state));
    found.push(...views.sort((a, b) => b.addedAtMs - a.addedAtMs).slice(0, most));
  }
  return found;
}

export async function countsOf(queue: Queue): Promise<Record<JobState, number>> {
  const counts = await queue.getJobCounts();
  const sum = (types: readonly JobType[]) =>
    types.reduce((total, type) => total + (counts[type] ?? 0), 0);
  return {
    waiting: sum(STATES.waiting),
    awaiting: sum(STATES.awaiting),
    running: sum(STATES.running),
    delayed: sum(STATES.delayed),
    done: sum(STATES.done),
    failed: sum(STATES.failed),
  };
}

/** `unknown` is a job that has just gone; it waits for nobody any more. */
function stateOf(word: string): JobState {
  const states = Object.entries(STATES) as [JobState, readonly string[]][];
  return states.find(([, words]) => words.includes(word))?.[0] ?? 'waiting';
}

function viewIn(job: Job, state: JobState): QueuedJob {
  const done = job.returnvalue as Done | null | undefined;
  return {
    id: String(job.id),
    name: job.name,
    payload: job.data,
    state,
    addedAtMs: job.timestamp,
    ...(job.finishedOn === undefined ? {} : { endedAtMs: job.finishedOn }),
    tries: job.attemptsMade,
    ...(job.opts.attempts === undefined ? {} : { mostTries: job.opts.attempts }),
    ...(typeof job.progress === 'string' ? { progress: job.progress } : {}),
    ...(done === null || done === undefined ? {} : done),
    ...(job.failedReason === undefined ? {} : { reason: job.failedReason }),
  };
}
