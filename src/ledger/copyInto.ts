/** Copies a ledger into a temporary database. */

import type { Database } from 'better-sqlite3';

/** Tables and indexes come first: with equal tables SQLite copies whole pages, like VACUUM. */
const SCHEMA_ITEMS = `
SELECT type, name, sql FROM original.sqlite_schema
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid`;

interface SchemaItem {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/**
 * Copies a file, as of one moment, into an empty database. Other programs may write to the file
 * meanwhile.
 */
export function copyInto(db: Database, from: string): void {
  db.pragma('foreign_keys = OFF');
  db.prepare('ATTACH ? AS original').run(from);
  db.transaction(() => {
    const all = db.prepare(SCHEMA_ITEMS).all() as SchemaItem[];
    const [tables, rest] = [true, false].map((is) => all.filter((one) => isStored(one) === is));
    for (const { sql } of tables ?? []) db.exec(sql);
    for (const { type, name } of tables ?? []) {
      if (type === 'table') copyRows(db, name);
    }
    for (const { sql } of rest ?? []) db.exec(sql);
  })();
  for (const header of ['application_id', 'user_version']) {
    db.pragma(`${header} = ${String(db.pragma(`original.${header}`, { simple: true }))}`);
  }
  db.exec('DETACH original');
}

/** Leaves out generated columns, which SQLite computes again. */
function copyRows(db: Database, table: string): void {
  const columns = db.pragma(`main.table_xinfo("${table}")`) as { name: string; hidden: bigint }[];
  const isComputed = columns.some(({ hidden }) => hidden !== 0n);
  const stored = columns.flatMap(({ name, hidden }) => (hidden === 0n ? [`"${name}"`] : []));
  const [into, selected] = isComputed ? [`(${stored.join(', ')})`, stored.join(', ')] : ['', '*'];
  db.exec(`INSERT INTO main."${table}" ${into} SELECT ${selected} FROM original."${table}"`);
}

const isStored = ({ type }: SchemaItem) => type === 'table' || type === 'index';
