/** Reads what was fetched and imported, how each fetch ended, and what it changed. */

import type { Period } from '../../domain/period.ts';
import { definedFields } from '../rows.ts';
import { prepareExactQuery, prepareQuery } from '../statement.ts';
import { inArray, type Store } from '../store.ts';
import { fetches } from '../tables/provenance.ts';

const FIRST = 'SELECT min(started_at_ms) FROM fetch';

export function readFirstFetchMs({ db }: Store): number | undefined {
  return prepareQuery<number | null>(db, FIRST).pluck().get() ?? undefined;
}

/** A time in which nothing was fetched. */
const GAP = `
SELECT (SELECT max(ended_at_ms) FROM fetch WHERE started_at_ms <= :atMs) AS startMs,
  (SELECT min(started_at_ms) FROM fetch WHERE started_at_ms > :atMs) AS endMs`;

/** From the end of the last fetch that began by then to the begin of the next one. */
export function readFetchGap({ db }: Store, atMs: number): Period | undefined {
  const gap = prepareQuery<{ startMs: number | null; endMs: number | null }>(db, GAP).get({ atMs });
  const { startMs, endMs } = definedFields(gap ?? {}) as Partial<Period>;
  if (startMs === undefined || endMs === undefined || startMs >= endMs) return undefined;
  return { startMs, endMs };
}

/** Failed fetches of one source within a period. */
export interface RepeatedFailure {
  readonly source: string;
  readonly count: number;
  readonly firstMs: number;
  /** The end of the last one. */
  readonly lastMs: number | null;
}

const FAILING = `
SELECT source_id AS source, count(*) AS count, min(started_at_ms) AS firstMs,
  max(ended_at_ms) AS lastMs
FROM fetch WHERE failure_code IS NOT NULL AND started_at_ms BETWEEN :startMs AND :endMs
GROUP BY source_id ORDER BY max(ended_at_ms) DESC, source_id LIMIT 1`;

/** The source that failed last among fetches that began in the period, its end included. */
export function readFailingSource(
  { db }: Store,
  { startMs, endMs }: Period,
): RepeatedFailure | undefined {
  return prepareQuery<RepeatedFailure>(db, FAILING).get({ startMs, endMs });
}

/** The failure of one fetch. */
export interface FetchFailure {
  readonly source: string;
  readonly atMs: number;
  readonly code: string;
  readonly message: string;
}

export function readFetchFailures({ orm }: Store, fetchRefs: readonly number[]): FetchFailure[] {
  const { sourceId: source, startedAtMs: atMs, failureCode, failureMessage } = fetches;
  const rows = orm
    .select({ source, atMs, failureCode, failureMessage })
    .from(fetches)
    .where(inArray(fetches.fetchRef, [...fetchRefs]))
    .all();
  return rows.map(({ failureCode: code, failureMessage: message, ...row }) => {
    return { ...row, code: code ?? '', message: message ?? '' };
  });
}

/** Selects fetches to count: those with a higher number than `upTo`, and those in `open`. */
export interface FetchesToCount {
  readonly upTo: number;
  readonly open: readonly number[];
}

/** Counts of the chosen fetches of one source. */
export interface FetchTotals {
  readonly source: string;
  readonly newestRef: number;
  /** Successful fetches, without undos. */
  readonly succeeded: number;
  /** The part of `succeeded` that was pulled from an API, not imported from a file. */
  readonly pulled: number;
  readonly failed: number;
  readonly unfinished: number;
  /** Rejected rows of ended fetches. */
  readonly rejects: number;
  /** Rejected rows of unfinished fetches. */
  readonly openRejects: number;
  readonly lastSuccessMs: number | null;
  /** The latest end of a window that was pulled. */
  readonly reachesToMs: number | null;
  /** The newest failed fetch. */
  readonly failedRef: number | null;
  /** The numbers of unfinished fetches. */
  readonly openRefs: readonly number[];
}

const IS_OPEN = 'failure_code IS NULL AND finished = 0';
/** An undo is not a response of a source. */
const IS_GOOD = "failure_code IS NULL AND finished = 1 AND kind <> 'import.undo'";

/** `+source_id` keeps SQLite from scanning the index of all fetches to group them. */
const TOTALS = `
SELECT source_id AS source,
  max(fetch_ref) AS newestRef,
  sum(${IS_GOOD}) AS succeeded,
  sum(${IS_GOOD} AND kind NOT LIKE 'import.%' AND kind <> 'ops.add') AS pulled,
  sum(failure_code IS NOT NULL) AS failed,
  sum(${IS_OPEN}) AS unfinished,
  sum(iif(${IS_OPEN}, 0, rejected)) AS rejects,
  sum(iif(${IS_OPEN}, rejected, 0)) AS openRejects,
  max(iif(${IS_GOOD}, ended_at_ms, NULL)) AS lastSuccessMs,
  max(iif(${IS_GOOD}, window_end_ms, NULL)) AS reachesToMs,
  max(iif(failure_code IS NOT NULL, fetch_ref, NULL)) AS failedRef,
  json_group_array(fetch_ref) FILTER (WHERE ${IS_OPEN}) AS openRefs
FROM fetch
WHERE fetch_ref > :upTo OR fetch_ref IN (SELECT value FROM json_each(:open))
GROUP BY +source_id`;

export function readFetchTotals({ db }: Store, { upTo, open }: FetchesToCount): FetchTotals[] {
  type Row = Omit<FetchTotals, 'openRefs'> & { readonly openRefs: string };
  const rows = prepareQuery<Row>(db, TOTALS).all({ upTo, open: JSON.stringify(open) });
  return rows.map((row) => ({ ...row, openRefs: JSON.parse(row.openRefs) as number[] }));
}

/** An import or an undo, with its state. */
export interface StoredImport {
  readonly fetch: number;
  readonly source: string;
  /** `charges`, `usage`, …; `undo` for the undo of another import. */
  readonly kind: string;
  readonly file: string;
  readonly atMs: number;
  readonly finished: boolean;
  readonly added: number;
  readonly restated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Line and reason of the first rejected row. */
  readonly firstReject?: string;
  /** The import with its rejected rows: an earlier one if the same file was imported before. */
  readonly rejectsIn: number;
  readonly reachesToMs?: number;
  readonly sameAs?: number;
  readonly undoneBy?: number;
}

/**
 * Must match the expression of the partial index exactly, so that SQLite uses the index. A ledger
 * has millions of fetches but few imports.
 */
const IS_IMPORT = "((f.kind >= 'import.' AND f.kind < 'import/') OR f.kind = 'ops.add')";

const UNDONE_BY =
  '(SELECT max(u.undo_ref) FROM import_undo u WHERE u.undone_ref = f.fetch_ref AND u.counts = 1)';

const IMPORTS = `
SELECT f.fetch_ref AS fetch, f.source_id AS source, f.kind, f.url, f.started_at_ms AS atMs,
  f.finished, f.added, f.restated, f.unchanged, f.rejected, f.facts_reach_ms AS reachesToMs,
  f.same_as_ref AS sameAs, ${UNDONE_BY} AS undoneBy,
  coalesce(f.rejects_ref, f.fetch_ref) AS rejectsIn,
  (SELECT r.position || ': ' || r.reason FROM reject r
   WHERE r.fetch_ref = coalesce(f.rejects_ref, f.fetch_ref) ORDER BY r.position LIMIT 1)
   AS firstReject
FROM fetch f WHERE ${IS_IMPORT} ORDER BY f.fetch_ref DESC LIMIT 50`;

interface ImportRow
  extends Omit<
    StoredImport,
    'finished' | 'file' | 'firstReject' | 'reachesToMs' | 'sameAs' | 'undoneBy'
  > {
  readonly url: string;
  readonly finished: 0 | 1;
  readonly firstReject: string | null;
  readonly reachesToMs: number | null;
  readonly sameAs: number | null;
  readonly undoneBy: number | null;
}

export function readNewestImports({ db }: Store): StoredImport[] {
  return prepareQuery<ImportRow>(db, IMPORTS)
    .all()
    .map(({ kind, url, finished, firstReject, reachesToMs, sameAs, undoneBy, ...row }) => ({
      ...row,
      kind: kind.replace(/^import\./, ''),
      file: url.replace(/^file:/, ''),
      finished: finished === 1,
      ...definedFields({ firstReject, reachesToMs, sameAs, undoneBy }),
    }));
}

const REACH = `
SELECT f.source_id AS source, max(f.facts_reach_ms) AS reachesToMs
FROM fetch f
WHERE ${IS_IMPORT} AND f.facts_reach_ms IS NOT NULL AND ${UNDONE_BY} IS NULL
GROUP BY f.source_id`;

export function readImportReach({ db }: Store): ReadonlyMap<string, number> {
  const rows = prepareQuery<{ source: string; reachesToMs: number }>(db, REACH).all();
  return new Map(rows.map(({ source, reachesToMs }) => [source, reachesToMs]));
}

/** One amount that an import or an undo changed. */
export interface ChangedAmount {
  readonly fetch: number;
  readonly undo?: number;
  readonly line: number;
  readonly fact: string;
  readonly name: string;
  readonly subject: string;
  readonly starts: string;
  readonly unit: string;
  /** Whole nano-dollars, tokens or milliseconds; absent if unknown or withdrawn. */
  readonly was?: bigint;
  readonly now?: bigint;
}

const changedBy = (fetchRefs: readonly number[]) => `
SELECT fetch_ref AS fetch, undo_ref AS undo, line, fact, name, subject, starts, unit,
  was_exact AS was, now_exact AS now
FROM restatement_history WHERE fetch_ref IN (${fetchRefs.map(() => '?').join(', ')})
ORDER BY recorded_at DESC, fact, name, starts LIMIT 50`;

type Texts = Pick<ChangedAmount, 'fact' | 'name' | 'subject' | 'starts' | 'unit'>;

interface ChangedRow extends Texts {
  readonly fetch: bigint;
  readonly undo: bigint | null;
  readonly line: bigint;
  readonly was: bigint | null;
  readonly now: bigint | null;
}

/** The newest first. */
export function readChangedAmounts({ db }: Store, fetchRefs: readonly number[]): ChangedAmount[] {
  if (fetchRefs.length === 0) return [];
  const rows = prepareExactQuery<ChangedRow>(db, changedBy(fetchRefs)).all(...fetchRefs);
  return rows.map(({ fetch, undo, line, was, now, ...texts }) => ({
    ...texts,
    fetch: Number(fetch),
    line: Number(line),
    ...definedFields({ undo: undo === null ? null : Number(undo), was, now }),
  }));
}
