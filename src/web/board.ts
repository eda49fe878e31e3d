/** Knows what is asked of the queue: how full it is, how a job does, and one more job. */

import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';

export const JOB_STATES = ['waiting', 'running', 'delayed', 'failed', 'done'] as const;

/** `waiting` is also a job whose parts are still at work. */
export type JobState = (typeof JOB_STATES)[number];

export interface BoardJob {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly state: JobState;
  readonly addedAtMs: number;
  readonly endedAtMs?: number;
  readonly tries: number;
  /** The last thing that it said of itself. */
  readonly progress?: string;
  readonly shortfalls?: readonly string[];
  /** What came of it, by name: `{ edition: '2026-Q3.1' }`. */
  readonly figures?: Readonly<Record<string, unknown>>;
  /** Why it failed, or why it waits for another try. */
  readonly reason?: string;
}

export interface Board {
  /** @throws {Failure} `usage` for an unknown job or a refused payload; nothing is added then. */
  enqueue(wish: { name: string; payload: unknown }): Promise<{ readonly id: string }>;
  state(id: string): Promise<BoardJob | undefined>;
  /** What it said so far, a line each. */
  lines(id: string): Promise<readonly string[]>;
  /** Jobs that it waited for or waits for, in their order. */
  parts(id: string): Promise<readonly BoardJob[]>;
  /** Newest first within each state; at most so many of each. */
  list(states: readonly JobState[], most: number): Promise<readonly BoardJob[]>;
  counts(): Promise<Readonly<Record<JobState, number>>>;
  /** BullMQ's own queue, for the job board. */
  readonly board: ConstructorParameters<typeof BullMQAdapter>[0];
}
