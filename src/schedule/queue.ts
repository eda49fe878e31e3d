/**
 * Knows how a job gets into the queue `rentcheck`: validated, under an id that makes repeats
 * harmless.
 */

import { FlowProducer, type JobsOptions, Queue } from 'bullmq';
import type { Log } from '../platform/log.ts';
import { type Declared, jobNamed, parsePayload } from './inline.ts';
import { type QueuePlace, queueOptions } from './redis.ts';

export const QUEUE = 'rentcheck';

/**
 * With growing pauses (see `pauseMs`) the last of them begins about an hour after the first try.
 */
const ATTEMPTS = 8;
const KEEP_DONE_SECONDS = 30 * 86_400;

/** A job to be added. While a job of this id is remembered, adding it again changes nothing. */
export interface Order {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly id: string;
  /** What must be done before; both are added together. */
  readonly after?: Order;
}

export interface JobQueue {
  /** @throws {Failure} `usage` for an unknown job or a refused payload; nothing is added then. */
  add(order: Order): Promise<void>;
  close(): Promise<void>;
}

/** An id of parts, without the colon that BullMQ keeps for itself: `pull/prom/2026-11-23T0905Z`. */
export function orderId(...parts: readonly string[]): string {
  return parts.join('/').replaceAll(':', '');
}

export interface QueueWish {
  readonly place: QueuePlace;
  readonly jobs: readonly Declared[];
  readonly log: Log;
}

export function openQueue({ place, jobs, log }: QueueWish): JobQueue {
  const queue = new Queue(QUEUE, queueOptions(place));
  const flows = new FlowProducer(queueOptions(place));
  const complain = (error: Error) => log.error('queue', { problem: error.message });
  queue.on('error', complain);
  flows.on('error', complain);
  return {
    async add(order) {
      for (let at: Order | undefined = order; at !== undefined; at = at.after) {
        parsePayload(jobNamed(jobs, at.name), at.payload);
      }
      if (order.after === undefined) await queue.add(order.name, order.payload, optionsOf(order));
      else await flows.add(flowOf(order));
    },
    async close() {
      await Promise.all([queue.close(), flows.close()]);
    },
  };
}

function optionsOf({ id }: Order): JobsOptions {
  return {
    jobId: id,
    attempts: ATTEMPTS,
    backoff: { type: 'growing' },
    removeOnComplete: { age: KEEP_DONE_SECONDS },
    removeOnFail: { age: 3 * KEEP_DONE_SECONDS },
  };
}

interface Flow {
  name: string;
  queueName: string;
  data: Order['payload'];
  opts: JobsOptions;
  children?: Flow[];
}

/**
 * In BullMQ's words what must be done before is a child; if it fails for good, so does what waits
 * for it.
 */
function flowOf(order: Order, isChild = false): Flow {
  const { name, payload, after } = order;
  return {
    name,
    queueName: QUEUE,
    data: payload,
    opts: { ...optionsOf(order), ...(isChild ? { failParentOnFailure: true } : {}) },
    ...(after === undefined ? {} : { children: [flowOf(after, true)] }),
  };
}
