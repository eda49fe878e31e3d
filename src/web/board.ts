/** What the pages ask of the queue: counts, the state of a job, and a new job. */

import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { JobState, QueuedJob } from '../domain/queuedJob.ts';

export interface Board {
  /** @throws {Failure} `usage` for an unknown job or a refused payload; nothing is added then. */
  enqueue(wish: { name: string; payload: unknown }): Promise<{ readonly id: string }>;
  state(id: string): Promise<QueuedJob | undefined>;
  /** What it said so far, a line each. */
  lines(id: string): Promise<readonly string[]>;
  /** Jobs that it waited for or waits for, in their order. */
  parts(id: string): Promise<readonly QueuedJob[]>;
  /** Newest first within each state; at most so many of each. */
  list(states: readonly JobState[], most: number): Promise<readonly QueuedJob[]>;
  counts(): Promise<Readonly<Record<JobState, number>>>;
  /** BullMQ's own queue, for the job board. */
  readonly board: ConstructorParameters<typeof BullMQAdapter>[0];
}
