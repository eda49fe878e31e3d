/** Interface to add and list jobs of the queue. */

import type { NewJob } from '../domain/order.ts';
import type { JobState, QueuedJob } from '../domain/queuedJob.ts';

/** A job that is requested by hand, without an ID of its own. */
export interface JobRequest {
  readonly name: string;
  readonly payload: unknown;
}

export interface JobQueue {
  /**
   * Adds a job unless the queue already has one with its ID.
   * @throws {Failure} `usage` for an unknown job or an invalid payload; then nothing is added.
   */
  add(order: NewJob): Promise<void>;
  /**
   * Adds a job to run now, under a new ID.
   * @throws {Failure} like `add`.
   */
  enqueue(request: JobRequest): Promise<{ readonly id: string }>;
  state(id: string): Promise<QueuedJob | undefined>;
  /** Lists jobs, newest first within each state, at most `most` per state. */
  list(states: readonly JobState[], most: number): Promise<QueuedJob[]>;
  counts(): Promise<Readonly<Record<JobState, number>>>;
  close(): Promise<void>;
}
