/** How a ledger is copied into a database that is thrown away. */

import type { Database } from 'better-sqlite3';

/** Tables and their indexes first: rows of equal tables are copied as whole pages, as by VACUUM. */
const MADE = `
SELECT type, name, sql FROM original.sqlite_schema
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid`;

interface Made {
  readonly type: string;
  readonly name: string;
  readonly sql: string;
}

/**
 * Copies all that a file holds, as of one moment, into an empty database. The file is only read:
 * others may write to it meanwhile.
 */
export function copyInto(db: Database, from: string): void {
  db.pragma('foreign_keys = OFF');
  db.prepare('ATTACH ? AS original').run(from);
  db.transaction(() => {
    const all = db.prepare(MADE).all() as Made[];
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

/** Columns that are computed are computed anew. */
function copyRows(db: Database, table: string): void {
  const columns = db.pragma(`main.table_xinfo("${table}")`) as { name: string; hidden: bigint }[];
  const isComputed = columns.some(({ hidden }) => hidden !== 0n);
  const own = columns.flatMap(({ name, hidden }) => (hidden === 0n ? [`"${name}"`] : []));
  const [into, of] = isComputed ? [`(${own.join(', ')})`, own.join(', ')] : ['', '*'];
  db.exec(`INSERT INTO main."${table}" ${into} SELECT ${of} FROM original."${table}"`);
}

const isStored = ({ type }: Made) => type === 'table' || type === 'index';
