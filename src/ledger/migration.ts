/**
 * Creates tables and views: runs each migration once, and creates a view again when its text
 * changes. Marks the file as a ledger.
 */

import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { Failure, invariant } from '../domain/failure.ts';
import { sha256Hex } from '../platform/digest.ts';
import { digestAllFacts, digestFacts } from './checks/facts.ts';
import { getRow, prepareQuery } from './statement.ts';

/** One SQL file, e.g. `0001_ledger` or `spend_by_day`. */
export interface SqlScript {
  readonly name: string;
  readonly digest: string;
  readonly sql: string;
}

const FOLDER = new URL('../../migrations/', import.meta.url);

/** The migrations in order. Each is frozen once it has landed. */
export function readMigrations(): SqlScript[] {
  return readScripts(FOLDER);
}

/** Views, which are dropped and created again when their text changes. */
function readViews(): SqlScript[] {
  return readScripts(new URL('views/', FOLDER));
}

function readScripts(folder: URL): SqlScript[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return files.sort().map((file) => {
    // A checkout may change line ends, which must not change the digest.
    const sql = readFileSync(new URL(file, folder), 'utf8').replaceAll('\r\n', '\n');
    return { name: file.slice(0, -'.sql'.length), digest: sha256Hex(sql), sql };
  });
}

const BOOKKEEPING_TABLES = `
CREATE TABLE IF NOT EXISTS migration (
  name TEXT PRIMARY KEY NOT NULL,
  digest TEXT NOT NULL,
  applied_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS ledger_view (
  name TEXT PRIMARY KEY NOT NULL,
  digest TEXT NOT NULL,
  grain TEXT NOT NULL,
  applied_at_ms INTEGER NOT NULL
) STRICT;`;

/**
 * Upgrades a ledger. An up-to-date one is only read. Each script runs in its own transaction that
 * locks first, so the second of two programs finds the work done.
 * @throws {Failure} `ledger-newer` if the ledger has a migration unknown to this version.
 */
export function migrate(db: Database, path: string, nowMs: number): void {
  const migrations = readMigrations();
  const views = readViews();
  if (!lacksTables(db, path, migrations) && !lacksViews(db, views)) return;
  inOneTransaction(db, () => {
    db.exec(BOOKKEEPING_TABLES);
    db.pragma(`application_id = ${APPLICATION_ID}`);
  });
  for (const [index, script] of migrations.entries()) {
    inOneTransaction(db, () => applyMigration(db, script, { version: index + 1, nowMs }));
  }
  inOneTransaction(db, () => applyViews(db, views, nowMs));
}

/**
 * Rejects a ledger that this version does not understand, and returns whether it lacks a migration.
 * @throws {Failure} `ledger-newer`, or `ledger-foreign` for a ledger built from other scripts.
 */
export function lacksTables(db: Database, path: string, migrations: readonly SqlScript[]): boolean {
  const applied = readApplied(db, 'migration');
  refuseUnknown(applied, migrations, path);
  return applied.size < migrations.length;
}

/**
 * Requires all tables. Older views still give correct results, missing tables cannot be read.
 * @throws {Failure} `ledger-readonly` if the ledger needs an upgrade first.
 */
export function requireTables(db: Database, path: string): void {
  if (!lacksTables(db, path, readMigrations())) return;
  throw new Failure('ledger-readonly', `the ledger ${path} needs an upgrade first`, {
    where: path,
    hint: 'run a command that writes, e.g. rentcheck pull, once with this version',
  });
}

function lacksViews(db: Database, views: readonly SqlScript[]): boolean {
  const created = readApplied(db, 'ledger_view');
  return (
    created.size !== views.length || views.some(({ name, digest }) => created.get(name) !== digest)
  );
}

function refuseUnknown(
  applied: ReadonlyMap<string, string>,
  migrations: readonly SqlScript[],
  path: string,
): void {
  for (const [name, digest] of applied) {
    const known = migrations.find((script) => script.name === name);
    if (known?.digest === digest) continue;
    if (known === undefined) {
      const message = `the ledger ${path} has the migration ${name}, unknown to this version`;
      throw new Failure('ledger-newer', message, { where: path });
    }
    const message = `the ledger ${path} is from a different build: its migration ${name} differs`;
    throw new Failure('ledger-foreign', message, { where: path });
  }
}

function readApplied(db: Database, table: 'migration' | 'ledger_view'): Map<string, string> {
  const exists = prepareQuery<1>(db, 'SELECT 1 FROM sqlite_master WHERE name = ?').get(table);
  if (exists === undefined) return new Map();
  const select = `SELECT name, digest FROM ${table} ORDER BY name`;
  return new Map(prepareQuery<[string, string]>(db, select).raw().all());
}

function applyMigration(
  db: Database,
  script: SqlScript,
  { version, nowMs }: { version: number; nowMs: number },
): void {
  if (readApplied(db, 'migration').has(script.name)) return;
  db.exec(script.sql);
  DATA_STEPS[script.name]?.(db);
  db.prepare('INSERT INTO migration VALUES (?, ?, ?)').run(script.name, script.digest, nowMs);
  db.pragma(`user_version = ${version}`);
}

/** Code that a migration needs beside its SQL. It is as frozen as the script. */
const DATA_STEPS: Readonly<Record<string, (db: Database) => void>> = {
  '0008_time_and_digests': digestAllFacts,
  '0019_request_digests': (db) => digestFacts(db, ['request_batch']),
};

function applyViews(db: Database, views: readonly SqlScript[], nowMs: number): void {
  const created = readApplied(db, 'ledger_view');
  const current = new Map(views.map((view) => [view.name, view.digest]));
  for (const [name, digest] of created) {
    if (current.get(name) === digest) continue;
    db.exec(`DROP VIEW IF EXISTS "${name}"`);
    db.prepare('DELETE FROM ledger_view WHERE name = ?').run(name);
  }
  const record = db.prepare('INSERT INTO ledger_view VALUES (?, ?, ?, ?)');
  for (const { name, digest, sql } of views) {
    if (created.get(name) === digest) continue;
    db.exec(sql);
    record.run(name, digest, readGrain(name, sql), nowMs);
  }
}

function readGrain(name: string, sql: string): string {
  const [first = ''] = sql.split('\n', 1);
  invariant(first.startsWith('-- One row per '), `view ${name} must begin with "-- One row per"`);
  return first.slice('-- '.length);
}

function inOneTransaction(db: Database, work: () => void): void {
  db.transaction(work).immediate();
}

/** `RCHK` in ASCII, in the header of every ledger. */
const APPLICATION_ID = 0x52_43_48_4b;

/**
 * Returns `fresh` for a file without tables and `ours` for a ledger.
 * @throws {Failure} `ledger-foreign` for any other database.
 */
export function identifyDatabase(db: Database, path: string): 'fresh' | 'ours' {
  // One snapshot for both reads, because another program may be creating the ledger now.
  return db.transaction(() => identifyNow(db, path)).deferred();
}

function identifyNow(db: Database, path: string): 'fresh' | 'ours' {
  if (Number(db.pragma('application_id', { simple: true })) === APPLICATION_ID) return 'ours';
  const count = prepareQuery<number>(db, 'SELECT count(*) FROM sqlite_master').pluck();
  if (getRow(count) === 0) return 'fresh';
  throw new Failure('ledger-foreign', `${path} is a database, but not a rentcheck ledger`, {
    where: path,
    expected: 'a ledger of rentcheck, or a path where no file exists yet',
  });
}
