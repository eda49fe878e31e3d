/**
 * How a ledger gets its tables and views: frozen scripts once each, views whenever they
 * changed.
 */

import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { invariant } from '../domain/invariant.ts';
import { sha256Hex } from '../platform/digest.ts';
import { digestAllFacts, digestFacts } from './checks/facts.ts';
import { APPLICATION_ID } from './identity.ts';

/** One SQL file: `0001_ledger` or `spend_by_day`. */
export interface Script {
  readonly name: string;
  readonly digest: string;
  readonly sql: string;
}

const FOLDER = new URL('../../migrations/', import.meta.url);

/** Migrations in order; each is frozen once it has landed. */
export function readMigrations(): Script[] {
  return readScripts(FOLDER);
}

/** Views, which are dropped and made anew whenever their text changes. */
function readViews(): Script[] {
  return readScripts(new URL('views/', FOLDER));
}

function readScripts(folder: URL): Script[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return files.sort().map((file) => {
    // A checkout may have changed the line ends; that changes nothing of what the script does.
    const sql = readFileSync(new URL(file, folder), 'utf8').replaceAll('\r\n', '\n');
    return { name: file.slice(0, -'.sql'.length), digest: sha256Hex(sql), sql };
  });
}

const BOOKS = `
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
 * Brings a ledger up to date; one that is up to date is only read. Each script runs in a
 * transaction of its own that begins by taking the write lock, so that of two programs the second
 * finds the work done.
 * @throws {Failure} `ledger-newer` when the ledger knows a migration that we do not.
 */
export function migrate(db: Database, path: string, nowMs: number): void {
  const migrations = readMigrations();
  const views = readViews();
  if (!lacksTables(db, path, migrations) && !lacksViews(db, views)) return;
  inOneTransaction(db, () => {
    db.exec(BOOKS);
    db.pragma(`application_id = ${APPLICATION_ID}`);
  });
  for (const [index, script] of migrations.entries()) {
    inOneTransaction(db, () => applyMigration(db, script, { version: index + 1, nowMs }));
  }
  inOneTransaction(db, () => applyViews(db, views, nowMs));
}

/**
 * Refuses a ledger that this program does not understand, and tells whether it lacks a migration.
 * @throws {Failure} `ledger-newer`, or `ledger-foreign` for one that another build made from other
 *   scripts.
 */
export function lacksTables(db: Database, path: string, migrations: readonly Script[]): boolean {
  const applied = recorded(db, 'migration');
  refuseUnknown(applied, migrations, path);
  return applied.size < migrations.length;
}

/**
 * Views of another age still count right; tables that are missing cannot be read.
 * @throws {Failure} `ledger-readonly` for a ledger that must be brought up to date first.
 */
export function requireTables(db: Database, path: string): void {
  if (!lacksTables(db, path, readMigrations())) return;
  throw new Failure('ledger-readonly', `the ledger ${path} needs an upgrade first`, {
    where: path,
    hint: 'run a command that writes, e.g. rentcheck pull, once with this version',
  });
}

function lacksViews(db: Database, views: readonly Script[]): boolean {
  const made = recorded(db, 'ledger_view');
  return made.size !== views.length || views.some(({ name, digest }) => made.get(name) !== digest);
}

function refuseUnknown(
  applied: ReadonlyMap<string, string>,
  migrations: readonly Script[],
  path: string,
): void {
  for (const [name, digest] of applied) {
    const ours = migrations.find((script) => script.name === name);
    if (ours?.digest === digest) continue;
    if (ours === undefined) {
      const message = `the ledger ${path} has the migration ${name}, unknown to this version`;
      throw new Failure('ledger-newer', message, { where: path });
    }
    const message = `the ledger ${path} is from a different build: its migration ${name} differs`;
    throw new Failure('ledger-foreign', message, { where: path });
  }
}

function recorded(db: Database, table: 'migration' | 'ledger_view'): Map<string, string> {
  const exists = db.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table);
  if (exists === undefined) return new Map();
  const rows = db.prepare(`SELECT name, digest FROM ${table} ORDER BY name`).raw().all();
  return new Map(rows as [string, string][]);
}

function applyMigration(
  db: Database,
  script: Script,
  { version, nowMs }: { version: number; nowMs: number },
): void {
  if (recorded(db, 'migration').has(script.name)) return;
  db.exec(script.sql);
  FILLS[script.name]?.(db);
  db.prepare('INSERT INTO migration VALUES (?, ?, ?)').run(script.name, script.digest, nowMs);
  db.pragma(`user_version = ${version}`);
}

/** What a migration leaves to the program, for SQL cannot do it; as frozen as the script. */
const FILLS: Readonly<Record<string, (db: Database) => void>> = {
  '0008_time_and_digests': digestAllFacts,
  '0019_request_digests': (db) => digestFacts(db, ['request_batch']),
};

function applyViews(db: Database, views: readonly Script[], nowMs: number): void {
  const made = recorded(db, 'ledger_view');
  const wanted = new Map(views.map((view) => [view.name, view.digest]));
  for (const [name, digest] of made) {
    if (wanted.get(name) === digest) continue;
    db.exec(`DROP VIEW IF EXISTS "${name}"`);
    db.prepare('DELETE FROM ledger_view WHERE name = ?').run(name);
  }
  const record = db.prepare('INSERT INTO ledger_view VALUES (?, ?, ?, ?)');
  for (const { name, digest, sql } of views) {
    if (made.get(name) === digest) continue;
    db.exec(sql);
    record.run(name, digest, grainOf(name, sql), nowMs);
  }
}

function grainOf(name: string, sql: string): string {
  const [first = ''] = sql.split('\n', 1);
  invariant(first.startsWith('-- One row per '), `view ${name} must begin with "-- One row per"`);
  return first.slice('-- '.length);
}

function inOneTransaction(db: Database, work: () => void): void {
  db.transaction(work).immediate();
}
