/** Knows what can be said of a job on the queue, from waiting to done. */

export const JOB_STATES = ['waiting', 'awaiting', 'running', 'delayed', 'failed', 'done'] as const;

/** `waiting`: for a worker; `awaiting`: its parts, which work or are tried again themselves. */
export type JobState = (typeof JOB_STATES)[number];

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
  /** What came of it, by name: `{ edition: '2026-Q3.1' }`. */
  readonly figures?: Readonly<Record<string, unknown>>;
  /** Why it failed, or why it waits for another try. */
  readonly reason?: string;
}
