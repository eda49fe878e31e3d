/** The job queue as the pages use it: counts, the state of a job, and new jobs. */

import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { JobState, QueuedJob } from '../domain/queuedJob.ts';

export interface WebQueue {
  /** @throws {Failure} `usage` for an unknown job or an invalid payload; no job is added. */
  enqueue(request: { name: string; payload: unknown }): Promise<{ readonly id: string }>;
  state(id: string): Promise<QueuedJob | undefined>;
  /** The log of the job so far, one message per line. */
  jobLog(id: string): Promise<readonly string[]>;
  /** The child jobs that the job waits for or has waited for, in order. */
  childJobs(id: string): Promise<readonly QueuedJob[]>;
  /** Newest first within each state; at most `most` jobs of each state. */
  listJobs(states: readonly JobState[], most: number): Promise<readonly QueuedJob[]>;
  countJobs(): Promise<Readonly<Record<JobState, number>>>;
  /** The BullMQ queue itself, for the job board. */
  readonly bullQueue: ConstructorParameters<typeof BullMQAdapter>[0];
}
