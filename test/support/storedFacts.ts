/** The facts of a ledger, read from its own schema, without how and when they were stored. */

import Sqlite, { type Database } from 'better-sqlite3';
import { examineLedger } from '../../src/ledger/examine.ts';

/** How facts came. Another attempt writes other rows. */
const BOOKS = [
  'sqlite_|migration$|ledger_|writer|work_',
  'raw_|fetch|fact_digest$|reject|repeated_|stated_|import_',
  'frozen_bytes|delivery|edition_file',
];
const IS_BOOK = new RegExp(`^(?:${BOOKS.join('|')})`);
/** Columns that depend on the time, or on the order in which rows came. */
const MOMENTS = 'recorded|computed|as_of|taken|seen|observed|frozen|pulled';
const OF_THE_MOMENT = new RegExp(`_ref$|_json$|^(?:${MOMENTS})_(?:at_)?ms$|^position$`);
/** Tables of observations at a moment. Another observation adds another row. */
const SEEN = /^(?:seen|observed|taken)_at_ms$/;

/**
 * Every table's rows, sorted, and whether the file is sound and consistent. `besides` names further
 * columns to leave out.
 */
export function readStoredFacts(path: string, besides?: RegExp): Readonly<Record<string, unknown>> {
  const db = new Sqlite(path, { readonly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
    const names = (tables as string[]).filter((name) => !IS_BOOK.test(name)).toSorted();
    return {
      sound: db.pragma('integrity_check', { simple: true }),
      astray: db.pragma('foreign_key_check'),
      faults: examineLedger(path).faults,
      ...Object.fromEntries(names.map((name) => [name, rowsOf(db, name, besides)])),
    };
  } finally {
    db.close();
  }
}

function rowsOf(db: Database, table: string, besides?: RegExp): unknown[] {
  const all = (db.pragma(`table_info("${table}")`) as { name: string }[]).map(({ name }) => name);
  const seen = all.some((name) => SEEN.test(name));
  const isLeftOut = (name: string) =>
    OF_THE_MOMENT.test(name) || besides?.test(name) === true || (seen && name === 'version');
  const kept = all.filter((name) => !isLeftOut(name));
  const columns = kept.map((name) => `"${name}"`).join(', ');
  const distinct = seen ? 'DISTINCT' : '';
  const rows = db.prepare(`SELECT ${distinct} ${columns} FROM "${table}"`).raw().all();
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

/** Where two results differ, a line for each place. Empty if they agree. */
export function differences(is: unknown, was: unknown, place = ''): string[] {
  if (isRecord(is) && isRecord(was)) {
    const names = new Set([...Object.keys(is), ...Object.keys(was)]);
    return [...names].flatMap((name) => differences(is[name], was[name], `${place}/${name}`));
  }
  const [now, then] = [JSON.stringify(is), JSON.stringify(was)];
  return now === then ? [] : [`${place}: ${now}, without a kill ${then}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
