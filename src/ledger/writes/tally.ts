/** The origin of a fact while it is written, its name in messages, and the counts of changes. */

import type { Database } from 'better-sqlite3';
import type { PullWarning } from '../../domain/pullWarning.ts';
import type { FetchName, PartOutcome, RepeatedRows, Restatement } from '../imports.ts';
import { prepareQuery } from '../statement.ts';
import { invariant } from '../../domain/failure.ts';

/** The fetch of a fact, its position there, and the timestamp that the transaction shares. */
export interface FactOrigin {
  readonly fetchRef: number;
  readonly position: number;
  readonly recordedAtMs: number;
  /**
   * Set for a line of a file. It may restate the fact that it names, but never replace another one.
   */
  readonly byHand?: true;
}

/** What all facts of one fetch share. */
export type FetchOrigin = Omit<FactOrigin, 'position'>;

/** The position of a fact that is derived from its absence. */
export const NO_POSITION = -1;

/**
 * `contradicted`: the same response has another value for the key; the first one counts.
 * `misplaced`: a line of a file would replace another fact.
 */
export type PutResult = 'added' | 'restated' | 'unchanged' | 'contradicted' | 'misplaced';

/** Why a row is rejected, as it is stored. */
export interface RowRejection {
  readonly position: number;
  readonly reason: string;
  readonly excerpt: string;
  /** The fetch of the fact that it conflicts with. */
  readonly metRef?: number;
}

/** How many restated facts are listed. The others are only counted. */
export const MAX_LISTED = 20;

/** Counts what one response changed while it is written. */
export interface Tally {
  added: number;
  restated: number;
  unchanged: number;
  readonly rejects: RowRejection[];
  readonly warnings: PullWarning[];
  /** The period that the facts cover. */
  factsStartMs: number;
  factsEndMs: number;
  /** The end of the newest fact that was not rejected. */
  reachMs: number;
  /** Only for files: known facts that the file restates or repeats. */
  readonly restatements: Restatement[];
  restatedCharges?: { readonly wasNanoUsd: bigint; readonly nowNanoUsd: bigint };
  readonly known: Map<number, Pick<RepeatedRows, 'rows' | 'nanoUsd' | 'workedMs'>>;
}

export function createTally(): Tally {
  return {
    added: 0,
    restated: 0,
    unchanged: 0,
    rejects: [],
    warnings: [],
    factsStartMs: Number.POSITIVE_INFINITY,
    factsEndMs: Number.NEGATIVE_INFINITY,
    reachMs: Number.NEGATIVE_INFINITY,
    restatements: [],
    known: new Map(),
  };
}

/** Counts one fact. A rejected one is added to the rejects. */
export function countResult(tally: Tally, put: PutResult, refusal: () => RowRejection): void {
  if (put === 'contradicted' || put === 'misplaced') tally.rejects.push(refusal());
  else tally[put] += 1;
}

/** Extends the period that the facts cover. */
export function extendPeriod(tally: Tally, span: { startMs: number; endMs: number }): void {
  tally.factsStartMs = Math.min(tally.factsStartMs, span.startMs);
  tally.factsEndMs = Math.max(tally.factsEndMs, span.endMs);
}

/** Records the end of a fact that was not rejected. */
export function extendReach(tally: Tally, put: PutResult, endMs: number): void {
  if (put !== 'contradicted' && put !== 'misplaced') tally.reachMs = Math.max(tally.reachMs, endMs);
}

/** The rejection of a fact that an earlier record of the same response contradicts. */
export function toContradiction(position: number, what: string, fact: unknown): RowRejection {
  return {
    position,
    reason: `this response has ${what} twice with different values; the first one was kept`,
    excerpt: factExcerpt(fact),
  };
}

/** A fact as text of at most 500 characters. */
export function factExcerpt(fact: unknown): string {
  const text = JSON.stringify(fact, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return text.slice(0, 500);
}

/** The outcome of a response, or of a part of it. */
export function toPartOutcome(
  fetchRef: number,
  tally: Tally,
  { brought, nameOf }: { brought: number; nameOf: FindFetchName },
): PartOutcome {
  const { added, restated, unchanged, rejects, warnings, restatements, restatedCharges } = tally;
  return {
    fetchRef,
    added,
    restated,
    unchanged,
    warnings,
    restatements,
    rejected: brought + rejects.length,
    refused: rejects,
    known: [...tally.known].map(([ref, rest]) => ({ earlier: nameOf(ref), ...rest })),
    ...(restatedCharges === undefined ? {} : { restatedCharges }),
  };
}

const SELECT = `
SELECT fetch_ref AS fetchRef, source_id AS sourceId, kind, url, started_at_ms AS startedAtMs
FROM fetch WHERE fetch_ref = ?`;

/** A pull needs a few names again and again, an import a few more. */
const MOST_KEPT = 10_000;

export type FindFetchName = (fetchRef: number) => FetchName;

export function createFetchNames(db: Database): FindFetchName {
  const select = prepareQuery<FetchName>(db, SELECT);
  const cache = new Map<number, FetchName>();
  return (fetchRef) => {
    const cached = cache.get(fetchRef);
    if (cached !== undefined) return cached;
    const found = select.get(fetchRef);
    invariant(found !== undefined, `every fact leads to a fetch, and ${fetchRef} is none`);
    if (cache.size >= MOST_KEPT) cache.clear();
    cache.set(fetchRef, found);
    return found;
  };
}

/** Whether a person added it, with a file or `ops add`. Only that can be undone. */
export function isManual({ kind }: Pick<FetchName, 'kind'>): boolean {
  return (kind.startsWith('import.') && kind !== UNDO_KIND) || kind === 'ops.add';
}

export const UNDO_KIND = 'import.undo';

/** `july.csv` for an import, otherwise the URL. */
export function fetchFile({ url }: Pick<FetchName, 'url'>): string {
  return url.replace(/^file:/, '');
}
