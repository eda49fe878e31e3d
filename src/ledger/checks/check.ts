/** What a check of a ledger's contents is, and what it finds; `examine.ts` lists them all. */

import type { Database } from 'better-sqlite3';
import { toDecimal } from '../../domain/exact.ts';
import type { LedgerWrong } from '../../domain/ledgerWrong.ts';
import { usd } from '../../domain/money.ts';

/** One thing in a ledger that contradicts another. */
export interface LedgerFault {
  /** The table that holds it: `charge_day`. */
  readonly table: string;
  /** Names the row, or the rows: `charge "pod/a" of runpod, version 2, 2026-07-01`. */
  readonly key: string;
  /** The fetch that brought the fact; absent for what no single fetch brought. */
  readonly fetchRef?: number;
  /** What is wrong, with both values. */
  readonly wrong: LedgerWrong;
}

/**
 * Reads and compares; yields each fault as it is found. It streams, for a ledger may hold ten
 * million rows (`iterate()`, never `all()`), and may be ended after any fault.
 */
export type LedgerCheck = (db: Database) => Iterable<LedgerFault>;

/** Two amounts that differ by one nano-dollar must look different: `1.000000001`. */
export function nanoText(nano: bigint): string {
  return toDecimal(usd(nano), 9);
}
