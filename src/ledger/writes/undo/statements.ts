/** What every answer ever said of one fact, and what holds when only some of them count. */

import type { Database } from 'better-sqlite3';
import { type FactShape, keyText, merged } from '../factShape.ts';
import type { Stored } from '../insert.ts';

/** One answer's word on a fact: a version that it wrote, or one that it repeated. */
export interface Statement {
  readonly fetchRef: number;
  readonly position: number;
  /** As its line said it, without what was taken over from before. */
  readonly told: readonly Stored[];
}

/** A stored version. */
export interface Version {
  readonly version: number;
  readonly recordedAtMs: number;
  readonly fetchRef: number;
  readonly position: number;
  readonly undoRef: number | undefined;
  readonly contents: readonly Stored[];
}

export interface FactHistory {
  /** The version in force. */
  readonly current: Version;
  readonly newestVersion: number;
  /** In the order in which they came; what an undo or an exchange rate wrote is nobody's word. */
  readonly statements: readonly Statement[];
}

interface Dated extends Statement {
  readonly atMs: number;
  readonly version: number;
  readonly isRepeat: boolean;
}

const REPEATS = `
SELECT fetch_ref AS fetchRef, version, position, left_out AS leftOut, recorded_at_ms AS atMs
FROM repeated_fact WHERE fact_table = ? AND fact_key = ?`;

interface RepeatRow {
  readonly fetchRef: number;
  readonly version: number;
  readonly position: number;
  readonly leftOut: string | null;
  readonly atMs: number;
}

/** Reads one fact of a table by its key; `undefined` where it was never told. */
export function historyReader(db: Database, shape: FactShape) {
  const where = shape.key.map((plan) => `${plan.name} = ?`).join(' AND ');
  const columns = shape.contents.map((plan) => plan.name).join(', ');
  const leftOut = shape.hasLeftOut ? 'left_out' : 'NULL';
  const rate = shape.hasRate ? 'rate_ref' : 'NULL';
  const select = db
    .prepare(
      `SELECT version, recorded_at_ms, fetch_ref, position, undo_ref, ${leftOut}, ${rate},
         ${columns}
       FROM ${shape.name} WHERE ${where} ORDER BY recorded_at_ms, version`,
    )
    .raw();
  const repeats = db.prepare(REPEATS).safeIntegers(false);
  return (key: readonly Stored[]): FactHistory | undefined => {
    const rows = (select.all(...key) as Stored[][]).map(versionOf);
    const current = rows.at(-1);
    if (current === undefined) return undefined;
    const byVersion = new Map(rows.map((row) => [row.version, row]));
    const again = (repeats.all(shape.name, keyText(key)) as RepeatRow[]).flatMap((row) => {
      const repeated = byVersion.get(row.version);
      if (repeated === undefined) return [];
      const told = without(shape, repeated.contents, row.leftOut);
      return [{ ...row, told, isRepeat: true }];
    });
    const own = rows.flatMap((row) => {
      if (row.undoRef !== undefined || row.isByRate) return [];
      const told = without(shape, row.contents, row.leftOut);
      return [{ ...row, atMs: row.recordedAtMs, told, isRepeat: false }];
    });
    return {
      current,
      newestVersion: Math.max(...rows.map(({ version }) => version)),
      statements: [...own, ...again].sort(byArrival),
    };
  };
}

interface Row extends Version {
  readonly leftOut: string | null;
  /** An exchange rate wrote it. */
  readonly isByRate: boolean;
}

function versionOf(row: readonly Stored[]): Row {
  const [version, recordedAtMs, fetchRef, position, undoRef, leftOut, rate, ...contents] = row;
  return {
    version: Number(version),
    recordedAtMs: Number(recordedAtMs),
    fetchRef: Number(fetchRef),
    position: Number(position),
    undoRef: undoRef === null ? undefined : Number(undoRef),
    leftOut: leftOut === null ? null : String(leftOut),
    isByRate: rate !== null,
    contents,
  };
}

/** The contents as the line itself told them. */
function without(
  shape: FactShape,
  contents: readonly Stored[],
  leftOut: string | null,
): readonly Stored[] {
  if (leftOut === null) return contents;
  const names = new Set(JSON.parse(leftOut) as string[]);
  return contents.map((value, at) => (names.has(shape.contents[at]?.name ?? '') ? null : value));
}

function byArrival(a: Dated, b: Dated): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.version !== b.version) return a.version - b.version;
  return Number(a.isRepeat) - Number(b.isRepeat) || a.fetchRef - b.fetchRef;
}

/** What holds, and whose word it is. */
export interface Holding {
  readonly contents: readonly Stored[];
  readonly by: Statement;
  readonly leftOut: readonly string[];
}

/** What the statements come to, each after the other; `undefined` where there are none. */
export function holdingOf(shape: FactShape, statements: readonly Statement[]): Holding | undefined {
  let holding: Holding | undefined;
  for (const by of statements) {
    const { contents, leftOut } = merged(shape, by.told, holding?.contents);
    holding = { contents, leftOut, by };
  }
  return holding;
}
