/** The column types of the ledger's tables. */

import { customType, sql } from '../store.ts';

/** A count, an instant or a duration: SQLite's integer as a JavaScript number. */
export const integer = customType<{ data: number; driverData: number | bigint }>({
  dataType: () => 'integer',
  fromDriver: Number,
});

/** Nano-USD: SQLite's 64-bit integer as a bigint, exact beyond 2^53. */
export const money = customType<{ data: bigint; driverData: number | bigint }>({
  dataType: () => 'integer',
  fromDriver: BigInt,
});

/** A boolean, stored as 1 or 0. */
export const flag = customType<{ data: boolean; driverData: number | bigint }>({
  dataType: () => 'integer',
  toDriver: (value) => (value ? 1 : 0),
  fromDriver: (value) => Number(value) === 1,
});

/** A measured number, never money. */
export const real = customType<{ data: number; driverData: number }>({
  dataType: () => 'real',
});

/** Compressed bytes. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'blob',
});

/** The id of the row. Leave it out of an insert to get the next free one. */
export const rowRef = (name: string) => integer(name).primaryKey().default(sql`NULL`);
