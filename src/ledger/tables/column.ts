/** The kinds of column that the ledger's tables are made of. */

import { customType, sql } from '../drizzle.ts';

/** A count, an instant or a length of time: SQLite's integer as a JavaScript number. */
export const whole = customType<{ data: number; driverData: number | bigint }>({
  dataType: () => 'integer',
  fromDriver: Number,
});

/** Nano-USD: SQLite's 64-bit integer as a bigint, exact above 2^53 too. */
export const money = customType<{ data: bigint; driverData: number | bigint }>({
  dataType: () => 'integer',
  fromDriver: BigInt,
});

/** Yes or no, stored as 1 or 0. */
export const flag = customType<{ data: boolean; driverData: number | bigint }>({
  dataType: () => 'integer',
  toDriver: (value) => (value ? 1 : 0),
  fromDriver: (value) => Number(value) === 1,
});

/** A measured number that is no amount of money. */
export const real = customType<{ data: number; driverData: number }>({
  dataType: () => 'real',
});

/** Compressed bytes. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'blob',
});

/** The row's own id; left out of an insert (null), it is the next free one. */
export const rowRef = (name: string) => whole(name).primaryKey().default(sql`NULL`);
