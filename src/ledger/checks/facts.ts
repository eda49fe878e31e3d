/** Compares all facts with the digests that their fetches stored. */

import type { Database } from 'better-sqlite3';
import { instantText } from '../../domain/period.ts';
import {
  DIGESTED_TABLES,
  type DigestDefinition,
  type DigestedTable,
  digestedColumns,
  frozenColumns,
  SERIES_NAME,
} from '../digestedTables.ts';
import {
  createSeriesDigest,
  DigestSums,
  type StoredDigestSums,
  type RowDigest,
  createRowDigester,
} from '../factDigests.ts';
import type { StoredValue } from '../writes/insert.ts';
import { prepareExactQuery, prepareQuery } from '../statement.ts';
import type { LedgerFault } from './check.ts';

const TABLES = Object.keys(DIGESTED_TABLES) as DigestedTable[];

/** A fault for each fetch and table whose rows are not those that the fetch wrote. */
export function* factFaults(db: Database): Generator<LedgerFault> {
  for (const table of TABLES) {
    const found = sumsByFetch(db, table);
    const kept = prepareExactQuery<KeptRow>(db, KEPT).iterate(table);
    for (const { fetchRef, ...sums } of kept) {
      const rows = found.get(Number(fetchRef)) ?? new DigestSums();
      found.delete(Number(fetchRef));
      const missing = findDifference(sums, rows);
      if (missing !== undefined) yield toFault(db, { table, fetchRef: Number(fetchRef) }, missing);
    }
    // The rest refers to fetches that wrote nothing to this table.
    for (const [fetchRef, rows] of found) {
      const missing = findDifference({ facts: 0n, sum: 0n, weighted: 0n }, rows);
      if (missing !== undefined) yield toFault(db, { table, fetchRef }, missing);
    }
  }
}

const HAS_TABLE = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";

/**
 * Computes the digests of a ledger that had none, without tables and columns of later migrations.
 * Call it inside a transaction.
 */
export function digestAllFacts(db: Database): void {
  const has = prepareQuery<1>(db, HAS_TABLE).pluck();
  digestFacts(
    db,
    TABLES.filter((name) => has.get(name) !== undefined),
  );
}

/** The same for tables without any digests yet. */
export function digestFacts(db: Database, tables: readonly DigestedTable[]): void {
  const keep = db.prepare('INSERT INTO fact_digest VALUES (?, ?, ?, ?, ?)');
  for (const table of tables) {
    for (const [fetchRef, sums] of sumsByFetch(db, table, frozenColumns(table))) {
      const { facts, sum, weighted } = sums.toStored();
      keep.run(fetchRef, table, facts, sum, weighted);
    }
  }
}

const KEPT = `
SELECT fetch_ref AS fetchRef, facts, sum, weighted FROM fact_digest
WHERE fact_table = ? ORDER BY fetch_ref`;

interface KeptRow extends StoredDigestSums {
  readonly fetchRef: bigint;
}

/** One sum per fetch, so memory grows only with the number of fetches. */
function sumsByFetch(
  db: Database,
  table: DigestedTable,
  names?: readonly string[],
): Map<number, DigestSums> {
  const sums = new Map<number, DigestSums>();
  let [lastRef, last] = [-1, new DigestSums()];
  for (const { fetchRef, digest } of digestedRows(db, table, { names })) {
    if (fetchRef !== lastRef) {
      last = sums.get(fetchRef) ?? new DigestSums();
      sums.set(fetchRef, last);
      lastRef = fetchRef;
    }
    last.add(digest);
  }
  return sums;
}

interface DigestedRow {
  readonly fetchRef: number;
  readonly digest: RowDigest;
  readonly values: readonly StoredValue[];
}

interface RowChoice {
  readonly fetchRef?: number;
  /** In the order of digests. Default: all columns. */
  readonly names?: readonly string[] | undefined;
}

/** All rows of a table, or those of one fetch. The digest object is reused for the next row. */
function* digestedRows(
  db: Database,
  table: DigestedTable,
  { fetchRef, names = digestedColumns(table) }: RowChoice,
) {
  const columns = names.filter((name) => name !== SERIES_NAME);
  const fetchAt = columns.indexOf('fetch_ref');
  const where = fetchRef === undefined ? '' : `WHERE fetch_ref = ${fetchRef}`;
  const sql = `SELECT ${columns.join(', ')} FROM ${table} ${where}`;
  // All numbers of the longest table fit a double, which is faster to read.
  const prepare = table === 'usage' ? prepareQuery : prepareExactQuery;
  const select = prepare<StoredValue[]>(db, sql).raw();
  const series = createSeriesDigest(db);
  // The name of the series is not a column of the table and comes last.
  const digest = createRowDigester(table, table === 'usage' ? [...columns, SERIES_NAME] : names);
  const row: { -readonly [Key in keyof DigestedRow]: DigestedRow[Key] } = {
    fetchRef: 0,
    digest: { a: 0, b: 0, weightA: 0, weightB: 0 },
    values: [],
  };
  for (const values of select.iterate()) {
    row.fetchRef = Number(values[fetchAt]);
    if (table === 'usage') values.push(series.of(Number(values[0])));
    row.digest = digest(values);
    row.values = values;
    yield row as DigestedRow;
  }
}

/** The stored sums minus the found ones, by halves, or `undefined` if they are equal. */
function findDifference(kept: StoredDigestSums, found: DigestSums): DigestSums | undefined {
  const expected = new DigestSums();
  expected.addStored(kept);
  const missing = new DigestSums();
  missing.facts = expected.facts - found.facts;
  missing.sumA = (expected.sumA - found.sumA) | 0;
  missing.sumB = (expected.sumB - found.sumB) | 0;
  missing.weightedA = (expected.weightedA - found.weightedA) | 0;
  missing.weightedB = (expected.weightedB - found.weightedB) | 0;
  const { facts, sumA, sumB, weightedA, weightedB } = missing;
  const isSame = [facts, sumA, sumB, weightedA, weightedB].every((value) => value === 0);
  return isSame ? undefined : missing;
}

interface Where {
  readonly table: DigestedTable;
  readonly fetchRef: number;
}

/** Names the row if exactly one was changed or added, otherwise describes all rows of the fetch. */
function toFault(db: Database, { table, fetchRef }: Where, missing: DigestSums): LedgerFault {
  const culprit = findCulprit(db, { table, fetchRef }, missing);
  const at = { table, fetchRef };
  if (culprit !== undefined) {
    const code = missing.facts === 0 ? 'fact-changed' : 'fact-added';
    return { ...at, key: culprit, wrong: { code } };
  }
  const key = `rows of fetch ${fetchRef}`;
  if (missing.facts === 0) return { ...at, key, wrong: { code: 'facts-changed' } };
  const code = missing.facts > 0 ? 'facts-missing' : 'facts-too-many';
  return { ...at, key, wrong: { code, rows: Math.abs(missing.facts) } };
}

/**
 * The one row that explains the difference. A row that changed from digest d to d' leaves d - d' in
 * the sum, and (d - d') × its weight in the weighted sum, so the weight identifies it. An added row
 * leaves -d'. A row whose key changed has another weight and is not found.
 */
function findCulprit(db: Database, { table, fetchRef }: Where, missing: DigestSums) {
  if (missing.facts !== 0 && missing.facts !== -1) return undefined;
  const { sumA, sumB, weightedA, weightedB } = missing;
  for (const { digest, values } of digestedRows(db, table, { fetchRef })) {
    const { a, b, weightA, weightB } = digest;
    const isCulprit =
      missing.facts === 0
        ? Math.imul(sumA, weightA) === weightedA && Math.imul(sumB, weightB) === weightedB
        : ((a + sumA) | 0) === 0 && ((b + sumB) | 0) === 0;
    if (isCulprit) return keyOf(db, table, values);
  }
  return undefined;
}

/** E.g. `source_id runpod, charge_key pod/a, version 1`. */
function keyOf(db: Database, table: DigestedTable, values: readonly StoredValue[]): string {
  const { key, joined = [] }: DigestDefinition = DIGESTED_TABLES[table];
  const all = digestedColumns(table);
  const named = [...key, ...joined.filter((name) => values[all.indexOf(name)] !== '')];
  const parts = named.map((name) => {
    const value = values[all.indexOf(name)];
    if (name === 'series_ref') return seriesText(db, Number(value));
    return `${name} ${name.endsWith('_ms') ? instantText(Number(value)) : String(value)}`;
  });
  return parts.join(', ');
}

const SERIES = 'SELECT deployment, source_id FROM usage_series WHERE series_ref = ?';

function seriesText(db: Database, seriesRef: number): string {
  const select = prepareQuery<[string, string]>(db, SERIES).raw();
  const [deployment, source] = select.get(seriesRef) ?? ['?', '?'];
  return `deployment ${deployment}, source ${source}`;
}
