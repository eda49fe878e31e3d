/** Reads the newest imports, their state, and the amounts that they changed. */

import type { WebServices } from '../site.ts';
import { type ResultRow, toResultRows } from './rows.ts';

export interface ImportState {
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

export interface ImportsView {
  readonly imports: readonly ImportState[];
  readonly changed: readonly ChangedAmount[];
}

/**
 * Must match the expression of the partial index exactly, so that SQLite uses the index. A ledger
 * has millions of fetches but few imports.
 */
const IS_IMPORT = "((f.kind >= 'import.' AND f.kind < 'import/') OR f.kind = 'ops.add')";

const UNDONE_BY =
  '(SELECT max(u.undo_ref) FROM import_undo u WHERE u.undone_ref = f.fetch_ref AND u.counts = 1)';

const NEWEST = `
SELECT f.fetch_ref, f.source_id AS source, f.kind, f.url, f.started_at_ms, f.finished, f.added,
  f.restated, f.unchanged, f.rejected, f.facts_reach_ms, f.same_as_ref, ${UNDONE_BY} AS undone_by,
  coalesce(f.rejects_ref, f.fetch_ref) AS rejects_in,
  (SELECT r.position || ': ' || r.reason FROM reject r
   WHERE r.fetch_ref = coalesce(f.rejects_ref, f.fetch_ref) ORDER BY r.position LIMIT 1) AS reject
FROM fetch f WHERE ${IS_IMPORT} ORDER BY f.fetch_ref DESC LIMIT 50`;

const changedBy = (refs: readonly number[]) => `
SELECT fetch_ref, undo_ref, line, fact, name, subject, starts, unit, was_exact, now_exact
FROM restatement_history WHERE fetch_ref IN (${refs.join(', ')})
ORDER BY recorded_at DESC, fact, name, starts LIMIT 50`;

export async function readImports({ ledger }: Pick<WebServices, 'ledger'>): Promise<ImportsView> {
  const imports = toResultRows(await ledger.query(NEWEST)).map(importOf);
  const refs = imports.map(({ fetch }) => fetch);
  if (refs.length === 0) return { imports, changed: [] };
  const changed = toResultRows(await ledger.query(changedBy(refs))).map(changedOf);
  return { imports, changed };
}

const REACH = `
SELECT f.source_id AS source, max(f.facts_reach_ms) AS reach_ms
FROM fetch f
WHERE ${IS_IMPORT} AND f.facts_reach_ms IS NOT NULL AND ${UNDONE_BY} IS NULL
GROUP BY f.source_id`;

/** By source, the end of the newest imported fact whose import was not undone. */
export async function readImportReach({
  ledger,
}: Pick<WebServices, 'ledger'>): Promise<ReadonlyMap<string, number>> {
  const rows = toResultRows(await ledger.query(REACH));
  return new Map(rows.map((row) => [row.text('source') ?? '', row.number('reach_ms') ?? 0]));
}

function importOf(row: ResultRow): ImportState {
  const number = (column: string) => row.number(column) ?? 0;
  return {
    fetch: number('fetch_ref'),
    source: row.text('source') ?? '',
    kind: (row.text('kind') ?? '').replace(/^import\./, ''),
    file: (row.text('url') ?? '').replace(/^file:/, ''),
    atMs: number('started_at_ms'),
    finished: number('finished') === 1,
    added: number('added'),
    restated: number('restated'),
    unchanged: number('unchanged'),
    rejected: number('rejected'),
    rejectsIn: number('rejects_in'),
    ...present({
      firstReject: row.text('reject'),
      reachesToMs: row.number('facts_reach_ms'),
      sameAs: row.number('same_as_ref'),
      undoneBy: row.number('undone_by'),
    }),
  };
}

function changedOf(row: ResultRow): ChangedAmount {
  const text = (column: string) => row.text(column) ?? '';
  return {
    fetch: row.number('fetch_ref') ?? 0,
    line: row.number('line') ?? 0,
    fact: text('fact'),
    name: text('name'),
    subject: text('subject'),
    starts: text('starts'),
    unit: text('unit'),
    ...present({
      undo: row.number('undo_ref'),
      was: row.whole('was_exact'),
      now: row.whole('now_exact'),
    }),
  };
}

type Present<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** The fields whose value is not `undefined`. */
function present<Fields extends object>(fields: Fields): Present<Fields> {
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Present<Fields>;
}
