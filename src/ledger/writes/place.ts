/** Where a fact comes from while it is written, and what writing it changed. */

import type { Known, PartOutcome, Restatement } from '../imports.ts';
import type { NameOf } from './fetchNames.ts';

/**
 * The fetch that brought a fact, its position there, and the one timestamp of the group of
 * writes.
 */
export interface Place {
  readonly fetchRef: number;
  readonly position: number;
  readonly recordedAtMs: number;
  /**
   * Set for a line of a file: it may restate the very fact it names, and never take the place of
   * another.
   */
  readonly byHand?: true;
}

/** The position of a fact that is known by its absence. */
export const NOWHERE = -1;

/**
 * `contradicted`: the same answer said something else of the same key before; the first one
 * stands. `misplaced`: a line of a file would take the place of another fact.
 */
export type Put = 'added' | 'restated' | 'unchanged' | 'contradicted' | 'misplaced';

/** A row that was refused, as it will stand among the rejects. */
export interface Refusal {
  readonly position: number;
  readonly reason: string;
  readonly excerpt: string;
  /** The fetch whose fact was in the way. */
  readonly metRef?: number;
}

/** How many restated facts are told one by one; the rest is counted. */
export const MOST_TOLD = 20;

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
  /** The end of the newest of them that was not refused. */
  reachMs: number;
  /** Of files alone: what is told of facts that were there before. */
  readonly restatements: Restatement[];
  restatedCharges?: { readonly wasNanoUsd: bigint; readonly nowNanoUsd: bigint };
  readonly known: Map<number, Pick<Known, 'rows' | 'nanoUsd' | 'workedMs'>>;
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
    reachMs: Number.NEGATIVE_INFINITY,
    restatements: [],
    known: new Map(),
  };
}

/** Counts one fact; what is refused is kept among the rejects. */
export function count(tally: Tally, put: Put, refusal: () => Refusal): void {
  if (put === 'contradicted' || put === 'misplaced') tally.refusals.push(refusal());
  else tally[put] += 1;
}

/** Widens the time that the tally's facts speak of. */
export function spanFacts(tally: Tally, span: { startMs: number; endMs: number }): void {
  tally.factsStartMs = Math.min(tally.factsStartMs, span.startMs);
  tally.factsEndMs = Math.max(tally.factsEndMs, span.endMs);
}

/** Notes how far a fact reaches that was told and not refused. */
export function reachTo(tally: Tally, put: Put, endMs: number): void {
  if (put !== 'contradicted' && put !== 'misplaced') tally.reachMs = Math.max(tally.reachMs, endMs);
}

/** The refusal of a fact that an earlier record of the same answer contradicts. */
export function contradiction(position: number, what: string, fact: unknown): Refusal {
  return {
    position,
    reason: `this response has ${what} twice with different values; the first one was kept`,
    excerpt: excerptOf(fact),
  };
}

/** A fact as text of at most 500 characters. */
export function excerptOf(fact: unknown): string {
  const text = JSON.stringify(fact, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return text.slice(0, 500);
}

/** The tally of one answer, or of a part of it, as its caller is told. */
export function outcomeOf(
  fetchRef: number,
  tally: Tally,
  { brought, nameOf }: { brought: number; nameOf: NameOf },
): PartOutcome {
  const { added, restated, unchanged, refusals, warnings, restatements, restatedCharges } = tally;
  return {
    fetchRef,
    added,
    restated,
    unchanged,
    warnings,
    restatements,
    rejected: brought + refusals.length,
    refused: refusals,
    known: [...tally.known].map(([ref, rest]) => ({ earlier: nameOf(ref), ...rest })),
    ...(restatedCharges === undefined ? {} : { restatedCharges }),
  };
}
