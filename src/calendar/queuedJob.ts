/** A job on the queue, from waiting to done. */

export const JOB_STATES = ['waiting', 'awaiting', 'running', 'delayed', 'failed', 'done'] as const;

/**
 * `waiting`: for a worker. `awaiting`: for its child jobs, which run or wait for another attempt
 * themselves.
 */
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
  /** The last progress message. */
  readonly progress?: string;
  readonly shortfalls?: readonly string[];
  /** Results by name: `{ edition: '2026-Q3.1' }`. */
  readonly figures?: Readonly<Record<string, unknown>>;
  /** Why it failed, or why it waits for another attempt. */
  readonly reason?: string;
}

/**
 * How long the jobs of a concurrency key have waited and run, in milliseconds; absent if there are
 * none.
 */
export interface ConcurrencyKeyAge {
  /** `pull pods`: jobs with one concurrency key run one after the other. */
  readonly key: string;
  /** Age of the job that has waited longest. */
  readonly oldestWaitingMs?: number;
  /** Age of the job that has run longest. */
  readonly oldestRunningMs?: number;
}

/** A job to enqueue. While the queue remembers this id, adding it again has no effect. */
export interface NewJob {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly id: string;
  /** How long to remember the id if the finished job itself is removed at once. */
  readonly rememberMs?: number;
}

/** Joins parts to a job id without colons, which BullMQ reserves: `pull/prom/2026-11-23T0905Z`. */
export function jobId(...parts: readonly string[]): string {
  return parts.join('/').replaceAll(':', '');
}
