/** The queue `rentcheck`: adds validated jobs, under ids that make adding one twice harmless. */

import type { JobsOptions, Queue } from 'bullmq';
import type { NewJob } from '../domain/order.ts';
import type { JobQueue } from '../jobs/jobQueue.ts';
import { currentRunId, type Log } from '../platform/log.ts';
import { type DeclaredJob, findJob, parsePayload } from './inline.ts';
import { countQueuedJobs, listQueuedJobs, toQueuedJob } from './queuedJob.ts';
import { ReadableQueue } from './readableJob.ts';
import { type RedisLocation, queueOptions } from './redis.ts';

export type { JobQueue } from '../jobs/jobQueue.ts';

export const QUEUE_NAME = 'rentcheck';

/** With growing pauses (see `pauseMs`) the last attempt starts about an hour after the first. */
export const MAX_ATTEMPTS = 8;
const KEEP_DONE_SECONDS = 30 * 86_400;

export interface OpenQueueOptions {
  readonly place: RedisLocation;
  readonly jobs: readonly DeclaredJob[];
  readonly log: Log;
}

/** The queue, and the BullMQ queue behind it for parts of jobs and for the board. */
export interface OpenQueue extends JobQueue {
  readonly bullQueue: Queue;
}

export function openQueue({ place, jobs, log }: OpenQueueOptions): OpenQueue {
  const board = new ReadableQueue(QUEUE_NAME, queueOptions(place));
  board.on('error', (error: Error) => log.error('queue', { problem: error.message }));
  const add = async (name: string, payload: unknown, options: JobsOptions) => {
    parsePayload(findJob(jobs, name), payload);
    const run = currentRunId();
    const telemetry = run === undefined ? {} : { telemetry: { metadata: run } };
    return board.add(name, payload, { ...options, ...telemetry });
  };
  return {
    bullQueue: board,
    async add(order) {
      await add(order.name, order.payload, toJobOptions(order));
    },
    async enqueue({ name, payload }) {
      const { id } = await add(name, payload, toJobOptions({}));
      return { id: String(id) };
    },
    async state(id) {
      // Read the state first: if the job ends in between, its reason is there afterwards.
      const stateName = await board.getJobState(id);
      // Other keys in Redis can look like a job. An id without a state is not a job.
      const found = stateName === 'unknown' ? undefined : await board.getJob(id);
      return found === undefined ? undefined : toQueuedJob(found, stateName);
    },
    list: (states, limit) => listQueuedJobs(board, states, limit),
    counts: () => countQueuedJobs(board),
    close: () => board.close(),
  };
}

/** How each of our jobs is retried and kept. */
export function toJobOptions({ id, rememberMs }: Partial<NewJob>): JobsOptions {
  return {
    ...(id === undefined ? {} : { jobId: id }),
    attempts: MAX_ATTEMPTS,
    backoff: { type: 'growing' },
    // Every trace repeats the reason, so the last one is enough.
    stackTraceLimit: 1,
    ...(id === undefined || rememberMs === undefined ? KEPT_JOBS : removedAtOnce(id, rememberMs)),
  };
}

/** Keeps a source that fails hourly for months from filling the memory of Redis. */
const MOST_FAILED = 1_000;

const KEPT_JOBS = {
  removeOnComplete: { age: KEEP_DONE_SECONDS },
  removeOnFail: { age: 3 * KEEP_DONE_SECONDS, count: MOST_FAILED },
};

/** A shorter age does not work: BullMQ applies it to all finished jobs. */
function removedAtOnce(id: string, rememberMs: number): JobsOptions {
  const deduplication = { id, ttl: rememberMs };
  return { deduplication, removeOnComplete: true, removeOnFail: true };
}
