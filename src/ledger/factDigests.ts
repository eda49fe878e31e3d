/**
 * The digest of a row of facts, and the sums of digests that each fetch stores. A row that another
 * program changes, removes or adds no longer fits the sum.
 *
 * The digest of a row is two 32-bit numbers. It guards against damage and careless edits, not
 * against someone who computes it again.
 */

import type { Database } from 'better-sqlite3';
import {
  type DigestDefinition,
  DIGESTED_TABLES,
  digestedColumns,
  type DigestedTable,
  frozenColumns,
  laterColumns,
  SERIES_NAME,
} from './digestedTables.ts';
import { prepareExactQuery, prepareQuery } from './statement.ts';
import type { StoredValue } from './writes/insert.ts';

/** The digest of the last row, in two halves, and the weights of its key. */
export interface RowDigest {
  a: number;
  b: number;
  weightA: number;
  weightB: number;
}

/**
 * Digests rows with values in the order of `names`. It returns the same object on each call,
 * because this runs ten million times.
 */
export function createRowDigester(
  table: DigestedTable,
  names: readonly string[] = digestedColumns(table),
): (values: readonly StoredValue[]) => RowDigest {
  const indexes = Int32Array.from(frozenColumns(table), (name) => names.indexOf(name));
  const laterIndexes = Int32Array.from(laterColumns(table), (name) => names.indexOf(name));
  const { key, joined = [] }: DigestDefinition = DIGESTED_TABLES[table];
  const keyLength = key.length;
  const row: RowDigest = { a: 0, b: 0, weightA: 0, weightB: 0 };
  return (values) => {
    row.a = SEED_A;
    row.b = SEED_B;
    for (let at = 0; at < indexes.length; at++) {
      const index = indexes[at] as number;
      // A column that is not in `names` is null.
      mixValue(row, index < 0 ? null : (values[index] as StoredValue));
      if (at + 1 !== keyLength) continue;
      // Odd weights: a difference times an odd weight is zero only if the difference is zero.
      row.weightA = spread(row.a) | 1;
      row.weightB = spread(row.b) | 1;
    }
    for (let at = 0; at < laterIndexes.length; at++) {
      const index = laterIndexes[at] as number;
      const value = index < 0 ? null : (values[index] as StoredValue);
      if (value === null || (value === '' && at < joined.length)) continue;
      // The same value in another column gives another digest.
      mix(row, at, LATER);
      mixValue(row, value);
    }
    row.a = spread(row.a);
    row.b = spread(row.b);
    return row;
  };
}

const SEED_A = 0x2c1b3c6d;
const SEED_B = 0x297a2d39;
/**
 * Stand in for the upper half of a number, which never has these values. Null, 0 and '0' differ.
 */
const [NOTHING, TEXT, LATER] = [0x7fff_fff1, 0x7fff_fff2, 0x7fff_fff3];

function mixValue(row: RowDigest, value: StoredValue): void {
  if (typeof value === 'number') {
    // Most numbers are small, and their upper half is then the sign.
    if ((value | 0) === value) return mix(row, value, value >> 31);
    if (Number.isSafeInteger(value)) return mixWhole(row, value);
  }
  if (value === null) return mix(row, 0, NOTHING);
  if (typeof value === 'bigint') return mixBig(row, value);
  // Bytes are read as Latin-1, where each byte is one character.
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
  mix(row, text.length, TEXT);
  for (let at = 0; at < text.length; at += 2) {
    // Beyond the end charCodeAt is NaN, which is 0 as an integer.
    mix(row, text.charCodeAt(at), text.charCodeAt(at + 1) | 0);
  }
}

/** As two halves of a 64-bit two's complement integer. */
function mixWhole(row: RowDigest, value: number): void {
  mix(row, value | 0, Math.floor(value / 0x1_0000_0000) | 0);
}

function mixBig(row: RowDigest, value: bigint): void {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return mixWhole(row, number);
  mix(row, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
}

/** Each step is reversible for a known part, so two different parts never give the same result. */
function mix(row: RowDigest, low: number, high: number): void {
  let a = Math.imul(row.a ^ low, 0x85ebca6b);
  a = Math.imul(a ^ (a >>> 15) ^ high, 0x9e3779b1);
  row.a = a ^ (a >>> 16);
  let b = Math.imul(row.b ^ low, 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 13) ^ high, 0x27d4eb2f);
  row.b = b ^ (b >>> 15);
}

/** The finalizer of MurmurHash3: every output bit depends on every input bit. */
function spread(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const SERIES = 'SELECT deployment, source_id FROM usage_series WHERE series_ref = ?';

/** Digests the deployment and source of a series, as a part of the digest of its intervals. */
export function createSeriesDigest(db: Database) {
  const select = prepareQuery<[string, string]>(db, SERIES).raw();
  const known = new Map<number, number>();
  const row: RowDigest = { a: SEED_A, b: SEED_B, weightA: 0, weightB: 0 };
  const of = (seriesRef: number): number => {
    const kept = known.get(seriesRef);
    if (kept !== undefined) return kept;
    row.a = SEED_A;
    for (const name of select.get(seriesRef) ?? []) mixValue(row, name);
    known.set(seriesRef, row.a);
    return row.a;
  };
  return { of, forget: () => known.clear() };
}

/** Sums of row digests. Each half wraps at 32 bits. */
export class DigestSums {
  facts = 0;
  sumA = 0;
  sumB = 0;
  weightedA = 0;
  weightedB = 0;

  add({ a, b, weightA, weightB }: RowDigest): void {
    this.facts += 1;
    this.sumA = (this.sumA + a) | 0;
    this.sumB = (this.sumB + b) | 0;
    this.weightedA = (this.weightedA + Math.imul(a, weightA)) | 0;
    this.weightedB = (this.weightedB + Math.imul(b, weightB)) | 0;
  }

  /** Adds stored sums. */
  addStored({ facts, sum, weighted }: StoredDigestSums): void {
    this.facts += Number(facts);
    this.sumA = (this.sumA + upper(sum)) | 0;
    this.sumB = (this.sumB + lower(sum)) | 0;
    this.weightedA = (this.weightedA + upper(weighted)) | 0;
    this.weightedB = (this.weightedB + lower(weighted)) | 0;
  }

  toStored(): StoredDigestSums {
    const { facts, sumA, sumB, weightedA, weightedB } = this;
    return {
      facts: BigInt(facts),
      sum: joined(sumA, sumB),
      weighted: joined(weightedA, weightedB),
    };
  }
}

/** As stored in a row of `fact_digest`: the first half in the upper 32 bits. */
export interface StoredDigestSums {
  readonly facts: bigint;
  readonly sum: bigint;
  readonly weighted: bigint;
}

function joined(a: number, b: number): bigint {
  return (BigInt(a) << 32n) | BigInt(b >>> 0);
}

function upper(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

function lower(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

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
  const select = prepareExactQuery<StoredDigestSums>(db, SELECT);
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
          const before = select.get(fetchRef, table);
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
