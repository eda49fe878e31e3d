/** A job on the queue, from waiting to done. */

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
  /** Attempts that have ended. */
  readonly tries: number;
  /** Attempts after which it fails for good; absent where the queue sets no limit. */
  readonly mostTries?: number;
  /** The last thing that it said of itself. */
  readonly progress?: string;
  readonly shortfalls?: readonly string[];
  /** What came of it, by name: `{ edition: '2026-Q3.1' }`. */
  readonly figures?: Readonly<Record<string, unknown>>;
  /** Why it failed, or why it waits for another try. */
  readonly reason?: string;
}

/** How long the jobs of a lane have waited and run, in milliseconds; absent where none does. */
export interface LaneAge {
  /** `pull pods`: jobs of one lane run one after the other. */
  readonly lane: string;
  /** Since the job that waits longest was added. */
  readonly oldestWaitingMs?: number;
  /** Since the job that runs longest was begun. */
  readonly oldestRunningMs?: number;
}
