/** A job to enqueue, with an id that makes repeats harmless. */

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
