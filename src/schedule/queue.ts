/**
 * How a job gets into the queue `rentcheck`: validated, under an id that makes repeats
 * harmless.
 */

import type { JobsOptions, Queue } from 'bullmq';
import type { Order } from '../domain/order.ts';
import type { JobQueue } from '../jobs/jobQueue.ts';
import { currentRun, type Log } from '../platform/log.ts';
import { type Declared, jobNamed, parsePayload } from './inline.ts';
import { countsOf, listed, viewOf } from './queuedJob.ts';
import { ReadableQueue } from './readableJob.ts';
import { type QueuePlace, queueOptions } from './redis.ts';

export type { JobQueue } from '../jobs/jobQueue.ts';

export const QUEUE = 'rentcheck';

/**
 * With growing pauses (see `pauseMs`) the last of them begins about an hour after the first try.
 */
export const ATTEMPTS = 8;
const KEEP_DONE_SECONDS = 30 * 86_400;

export interface QueueWish {
  readonly place: QueuePlace;
  readonly jobs: readonly Declared[];
  readonly log: Log;
}

/** The queue, and BullMQ's own view of it for what must speak BullMQ: parts of jobs, the board. */
export interface OpenQueue extends JobQueue {
  readonly board: Queue;
}

export function openQueue({ place, jobs, log }: QueueWish): OpenQueue {
  const board = new ReadableQueue(QUEUE, queueOptions(place));
  board.on('error', (error: Error) => log.error('queue', { problem: error.message }));
  const add = async (name: string, payload: unknown, options: JobsOptions) => {
    parsePayload(jobNamed(jobs, name), payload);
    const run = currentRun();
    const telemetry = run === undefined ? {} : { telemetry: { metadata: run } };
    return board.add(name, payload, { ...options, ...telemetry });
  };
  return {
    board,
    async add(order) {
      await add(order.name, order.payload, optionsOf(order));
    },
    async enqueue({ name, payload }) {
      const { id } = await add(name, payload, optionsOf({}));
      return { id: String(id) };
    },
    async state(id) {
      // First where it stands, then the rest: an end that comes between must not lack its reason.
      const word = await board.getJobState(id);
      // Some keys beside the jobs' own look like a job's; what stands nowhere is none.
      const found = word === 'unknown' ? undefined : await board.getJob(id);
      return found === undefined ? undefined : viewOf(found, word);
    },
    list: (states, most) => listed(board, states, most),
    counts: () => countsOf(board),
    close: () => board.close(),
  };
}

/** How every job of ours is tried and remembered. */
export function optionsOf({ id, rememberMs }: Partial<Order>): JobsOptions {
  return {
    ...(id === undefined ? {} : { jobId: id }),
    attempts: ATTEMPTS,
    backoff: { type: 'growing' },
    // Each trace repeats the reason; the last one tells it.
    stackTraceLimit: 1,
    ...(id === undefined || rememberMs === undefined ? KEPT : forgotten(id, rememberMs)),
  };
}

/** A source that fails for months, every hour and wordily, must not fill a queue's memory. */
const MOST_FAILED = 1_000;

const KEPT = {
  removeOnComplete: { age: KEEP_DONE_SECONDS },
  removeOnFail: { age: 3 * KEEP_DONE_SECONDS, count: MOST_FAILED },
};

/** Not by a shorter age: BullMQ takes the age of one job for the age of all that have ended. */
function forgotten(id: string, rememberMs: number): JobsOptions {
  const deduplication = { id, ttl: rememberMs };
  return { deduplication, removeOnComplete: true, removeOnFail: true };
}
