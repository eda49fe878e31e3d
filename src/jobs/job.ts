/** A job: a name, a payload schema, and work with one of four outcomes. */

import type { z } from 'zod';
import type { JobContext } from './context.ts';
import type { Figures } from './engine.ts';

/**
 * How a job ended. `done` may still have fallen short (`shortfalls`: a source failed, evidence is
 * not enough); `retry` may work soon, `later` not before a known moment, `never` not without a
 * person.
 */
export type Answer<Result = unknown> =
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

/** A declaration: whoever runs it, inline or from a queue, validates the payload first. */
export interface Job<Payload, Result = unknown> {
  readonly name: string;
  /** Strict: unknown fields are refused. */
  readonly payload: z.ZodType<Payload>;
  run(context: JobContext, payload: Payload): Promise<Answer<Result>>;
  /** What of a result a person wants to see; the queue keeps it beside the job. */
  figures?(result: Result): Figures;
  /** For how long in all it may answer `later` before it fails; a day unless told. */
  readonly patienceMs?: number;
}
