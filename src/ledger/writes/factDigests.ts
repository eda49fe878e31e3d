/** Keeps, in the transaction that writes facts, the digests of what each fetch brought. */

import type { Database } from 'better-sqlite3';
import { DIGESTED, type DigestedTable, SERIES_NAME } from '../digestedTables.ts';
import { createSeriesDigest, DigestSums, type KeptSums, rowDigester } from '../factDigest.ts';
import type { Stored } from './insert.ts';

export interface FactDigests {
  /** Notes rows of a table as they are written, their values in the order of `names`. */
  noter(table: string, names: readonly string[]): (values: readonly Stored[]) => void;
  /** At the start of a transaction: what one that failed had noted is not there. */
  begin(): void;
  /** At its end: adds what was noted to what the fetches have. */
  keep(): void;
}

const KEPT = `
SELECT facts, sum, weighted FROM fact_digest WHERE fetch_ref = ? AND fact_table = ?`;

const KEEP = 'INSERT OR REPLACE INTO fact_digest VALUES (?, ?, ?, ?, ?)';

const digests = new WeakMap<Database, FactDigests>();

/** All writers of one connection share one. */
export function factDigestsOf(db: Database): FactDigests {
  const known = digests.get(db);
  if (known !== undefined) return known;
  const made = createFactDigests(db);
  digests.set(db, made);
  return made;
}

type Noted = Map<number, DigestSums>;

function createFactDigests(db: Database): FactDigests {
  const noted = new Map<DigestedTable, Noted>();
  const series = createSeriesDigest(db);
  const kept = db.prepare(KEPT);
  const keep = db.prepare(KEEP);
  return {
    noter(table, names) {
      if (!isDigested(table)) return () => undefined;
      const sums: Noted = noted.get(table) ?? new Map<number, DigestSums>();
      noted.set(table, sums);
      return table === 'usage'
        ? usageNoter(sums, names, series.of)
        : plainNoter(sums, table, names);
    },
    begin() {
      for (const sums of noted.values()) sums.clear();
      series.forget();
    },
    keep() {
      for (const [table, byFetch] of noted) {
        for (const [fetchRef, sums] of byFetch) {
          const before = kept.get(fetchRef, table) as KeptSums | undefined;
          if (before !== undefined) sums.addKept(before);
          const { facts, sum, weighted } = sums.kept();
          keep.run(fetchRef, table, facts, sum, weighted);
        }
        byFetch.clear();
      }
    },
  };
}

function isDigested(table: string): table is DigestedTable {
  return Object.hasOwn(DIGESTED, table);
}

function plainNoter(noted: Noted, table: DigestedTable, names: readonly string[]) {
  const digest = rowDigester(table, names);
  const fetchAt = names.indexOf('fetch_ref');
  return (values: readonly Stored[]) => {
    sumsOf(noted, Number(values[fetchAt])).add(digest(values));
  };
}

function usageNoter(noted: Noted, names: readonly string[], seriesOf: (ref: number) => number) {
  const digest = rowDigester('usage', [...names, SERIES_NAME]);
  const [fetchAt, seriesAt] = [names.indexOf('fetch_ref'), names.indexOf('series_ref')];
  const named: Stored[] = [];
  return (values: readonly Stored[]) => {
    for (let at = 0; at < names.length; at++) named[at] = values[at] ?? null;
    named[names.length] = seriesOf(Number(values[seriesAt]));
    sumsOf(noted, Number(values[fetchAt])).add(digest(named));
  };
}

function sumsOf(noted: Noted, fetchRef: number): DigestSums {
  let sums = noted.get(fetchRef);
  if (sums === undefined) noted.set(fetchRef, (sums = new DigestSums()));
  return sums;
}
