/** Knows where a fact comes from while it is written, and what writing it changed. */

/**
 * The fetch that brought a fact, its position there, and the one timestamp of the group of
 * writes.
 */
export interface Place {
  readonly fetchRef: number;
  readonly position: number;
  readonly recordedAtMs: number;
}

/**
 * `contradicted`: the same answer said something else of the same key before; the first one
 * stands.
 */
export type Put = 'added' | 'restated' | 'unchanged' | 'contradicted';

/** A row that was refused, as it will stand among the rejects. */
export interface Refusal {
  readonly position: number;
  readonly reason: string;
  readonly excerpt: string;
}

/** What one answer changed, counted while it is written. */
export interface Tally {
  added: number;
  restated: number;
  unchanged: number;
  readonly refusals: Refusal[];
  readonly warnings: string[];
  /** The time that the facts speak of. */
  factsStartMs: number;
  factsEndMs: number;
}

export function newTally(): Tally {
  return {
    added: 0,
    restated: 0,
    unchanged: 0,
    refusals: [],
    warnings: [],
    factsStartMs: Number.POSITIVE_INFINITY,
    factsEndMs: Number.NEGATIVE_INFINITY,
  };
}

/** Counts one fact; what contradicts its own answer is refused and kept among the rejects. */
export function count(tally: Tally, put: Put, refusal: () => Refusal): void {
  if (put === 'contradicted') tally.refusals.push(refusal());
  else tally[put] += 1;
}

/** Widens the time that the tally's facts speak of. */
export function spanFacts(tally: Tally, span: { startMs: number; endMs: number }): void {
  tally.factsStartMs = Math.min(tally.factsStartMs, span.startMs);
  tally.factsEndMs = Math.max(tally.factsEndMs, span.endMs);
}

/** The refusal of a fact that an earlier record of the same answer contradicts. */
export function contradiction(position: number, what: string, fact: unknown): Refusal {
  return {
    position,
    reason: `${what} stands in this answer twice with different values; the first was kept`,
    excerpt: excerptOf(fact),
  };
}

/** A fact as text of at most 500 characters. */
function excerptOf(fact: unknown): string {
  const text = JSON.stringify(fact, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return text.slice(0, 500);
}
