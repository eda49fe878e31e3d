/** What is asked of a queue: one job, under an id that makes repeats harmless. */

/** A job to be added. While a job of this id is remembered, adding it again changes nothing. */
export interface Order {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly id: string;
  /** For how long its id is remembered where the job itself is forgotten once it has ended. */
  readonly rememberMs?: number;
}

/** An id of parts, without the colon that BullMQ keeps for itself: `pull/prom/2026-11-23T0905Z`. */
export function orderId(...parts: readonly string[]): string {
  return parts.join('/').replaceAll(':', '');
}
