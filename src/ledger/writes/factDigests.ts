/** Updates the digests of each fetch in the transaction that writes its facts. */

import type { Database } from 'better-sqlite3';
import { DIGESTED_TABLES, type DigestedTable, SERIES_NAME } from '../digestedTables.ts';
import {
  createSeriesDigest,
  DigestSums,
  type StoredDigestSums,
  createRowDigester,
} from '../factDigest.ts';
import type { StoredValue } from './insert.ts';

export interface FactDigests {
  /** Returns a function that adds written rows of a table, with values in the order of `names`. */
  noter(table: string, names: readonly string[]): (values: readonly StoredValue[]) => void;
  /** Call it at the start of a transaction. Drops the digests of a failed one. */
  begin(): void;
  /** Call it at the end. Adds the digests of the transaction to those of the fetches. */
  save(): void;
}

const SELECT = `
SELECT facts, sum, weighted FROM fact_digest WHERE fetch_ref = ? AND fact_table = ?`;

const REPLACE = 'INSERT OR REPLACE INTO fact_digest VALUES (?, ?, ?, ?, ?)';

const digests = new WeakMap<Database, FactDigests>();

/** Shared by all writers of a connection. */
export function getFactDigests(db: Database): FactDigests {
  const existing = digests.get(db);
  if (existing !== undefined) return existing;
  const created = createFactDigests(db);
  digests.set(db, created);
  return created;
}

type SumsByFetch = Map<number, DigestSums>;

function createFactDigests(db: Database): FactDigests {
  const pending = new Map<DigestedTable, SumsByFetch>();
  const series = createSeriesDigest(db);
  const select = db.prepare(SELECT);
  const keep = db.prepare(REPLACE);
  return {
    noter(table, names) {
      if (!isDigested(table)) return () => undefined;
      const sums: SumsByFetch = pending.get(table) ?? new Map<number, DigestSums>();
      pending.set(table, sums);
      return table === 'usage'
        ? createUsageNoter(sums, names, series.of)
        : createNoter(sums, table, names);
    },
    begin() {
      for (const sums of pending.values()) sums.clear();
      series.forget();
    },
    save() {
      for (const [table, byFetch] of pending) {
        for (const [fetchRef, sums] of byFetch) {
          const before = select.get(fetchRef, table) as StoredDigestSums | undefined;
          if (before !== undefined) sums.addStored(before);
          const { facts, sum, weighted } = sums.toStored();
          keep.run(fetchRef, table, facts, sum, weighted);
        }
        byFetch.clear();
      }
    },
  };
}

function isDigested(table: string): table is DigestedTable {
  return Object.hasOwn(DIGESTED_TABLES, table);
}

function createNoter(pending: SumsByFetch, table: DigestedTable, names: readonly string[]) {
  const digest = createRowDigester(table, names);
  const fetchAt = names.indexOf('fetch_ref');
  return (values: readonly StoredValue[]) => {
    findSums(pending, Number(values[fetchAt])).add(digest(values));
  };
}

function createUsageNoter(
  pending: SumsByFetch,
  names: readonly string[],
  seriesOf: (ref: number) => number,
) {
  const digest = createRowDigester('usage', [...names, SERIES_NAME]);
  const [fetchAt, seriesAt] = [names.indexOf('fetch_ref'), names.indexOf('series_ref')];
  const named: StoredValue[] = [];
  return (values: readonly StoredValue[]) => {
    for (let at = 0; at < names.length; at++) named[at] = values[at] ?? null;
    named[names.length] = seriesOf(Number(values[seriesAt]));
    findSums(pending, Number(values[fetchAt])).add(digest(named));
  };
}

function findSums(pending: SumsByFetch, fetchRef: number): DigestSums {
  let sums = pending.get(fetchRef);
  if (sums === undefined) pending.set(fetchRef, (sums = new DigestSums()));
  return sums;
}
