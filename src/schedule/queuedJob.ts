/** Reads jobs from BullMQ and maps its job states to ours. */

import type { Job, JobType, Queue } from 'bullmq';
import type { JobState, QueuedJob } from '../domain/queuedJob.ts';
import type { JobReturnValue } from './done.ts';

/** Several states of BullMQ mean `waiting`. */
const STATES: Readonly<Record<JobState, readonly JobType[]>> = {
  running: ['active'],
  waiting: ['waiting', 'prioritized'],
  awaiting: ['waiting-children'],
  delayed: ['delayed'],
  done: ['completed'],
  failed: ['failed'],
};

export function toQueuedJob(job: Job, bullState: string): QueuedJob {
  return jobIn(job, toJobState(bullState));
}

export async function listQueuedJobs(
  queue: Queue,
  states: readonly JobState[],
  limit: number,
): Promise<QueuedJob[]> {
  const found: QueuedJob[] = [];
  for (const state of states) {
    const jobs = await queue.getJobs([...STATES[state]], 0, limit - 1);
    const views = jobs.map((job) => jobIn(job, state));
    found.push(...views.sort((a, b) => b.addedAtMs - a.addedAtMs).slice(0, limit));
  }
  return found;
}

export async function countQueuedJobs(queue: Queue): Promise<Record<JobState, number>> {
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

/** BullMQ returns `unknown` for a job that was just removed. */
function toJobState(bullState: string): JobState {
  const states = Object.entries(STATES) as [JobState, readonly string[]][];
  return states.find(([, bullStates]) => bullStates.includes(bullState))?.[0] ?? 'waiting';
}

function jobIn(job: Job, state: JobState): QueuedJob {
  const done = job.returnvalue as JobReturnValue | null | undefined;
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
