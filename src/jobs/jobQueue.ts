/** The job queue, for those who add jobs or list them. */

import type { Order } from '../domain/order.ts';
import type { JobState, QueuedJob } from '../domain/queuedJob.ts';

/** Ad hoc: a job without an id of ours. */
export interface Wish {
  readonly name: string;
  readonly payload: unknown;
}

export interface JobQueue {
  /**
   * Adds a job unless one of its id is remembered.
   * @throws {Failure} `usage` for an unknown job or a refused payload; nothing is added then.
   */
  add(order: Order): Promise<void>;
  /**
   * Adds a job that somebody wants now, under an id of its own.
   * @throws {Failure} like `add`.
   */
  enqueue(wish: Wish): Promise<{ readonly id: string }>;
  state(id: string): Promise<QueuedJob | undefined>;
  /** Newest first within each state; at most so many of each. */
  list(states: readonly JobState[], most: number): Promise<QueuedJob[]>;
  counts(): Promise<Readonly<Record<JobState, number>>>;
  close(): Promise<void>;
}
