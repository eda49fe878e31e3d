/** Knows what the queue of jobs offers to whoever adds a job or looks at one. */

import type { Order } from '../domain/order.ts';
import type { Figures } from './engine.ts';

/** Where a job stands; `waiting` is also one whose parts are still at work. */
export type JobState = 'waiting' | 'running' | 'delayed' | 'done' | 'failed';

export interface QueuedJob {
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
  readonly figures?: Figures;
  /** Why it failed, or why it waits for another try. */
  readonly reason?: string;
}

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
