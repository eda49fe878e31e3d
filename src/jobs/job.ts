/** The interface of a job: a name, a payload schema, and a run with one of four results. */

import type { z } from 'zod';
import type { JobContext } from './context.ts';
import type { JobFigures } from './engine.ts';

/**
 * How a job ended. `done` may be incomplete (`shortfalls`: a source failed, or there is not enough
 * evidence). `retry` may succeed soon, `later` not before a known time, `never` not without a
 * person.
 */
export type JobResult<Result = unknown> =
  | { readonly kind: 'done'; readonly result: Result; readonly shortfalls: readonly string[] }
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly afterMs?: number;
      readonly result?: Result;
    }
  | {
      readonly kind: 'later';
      readonly reason: string;
      readonly atMs: number;
      readonly result?: Result;
    }
  | { readonly kind: 'never'; readonly reason: string; readonly result?: Result };

/** The declaration of a job. Its runner, inline or from a queue, validates the payload first. */
export interface Job<Payload, Result = unknown> {
  readonly name: string;
  /** Strict: unknown fields are rejected. */
  readonly payload: z.ZodType<Payload>;
  run(context: JobContext, payload: Payload): Promise<JobResult<Result>>;
  /** Summary of a result for people; the queue stores it with the job. */
  figures?(result: Result): JobFigures;
  /** Total time for which the job may return `later` before it fails; a day by default. */
  readonly giveUpAfterMs?: number;
}
