/** The types of a ledger check and its faults. `examine.ts` lists all checks. */

import type { Database } from 'better-sqlite3';
import { toDecimal } from '../../domain/exact.ts';
import type { LedgerRowFault } from '../../domain/ledgerFaults.ts';
import { usd } from '../../domain/money.ts';

/** A contradiction in the ledger. */
export interface LedgerFault {
  /** The table with the fault, e.g. `charge_day`. */
  readonly table: string;
  /** Names the row or rows: `charge "pod/a" of runpod, version 2, 2026-07-01`. */
  readonly key: string;
  /** The fetch of the fact. Missing if there is no single fetch. */
  readonly fetchRef?: number;
  /** What is wrong, with both values. */
  readonly wrong: LedgerRowFault;
}

/**
 * Yields each fault as it is found. It must stream (`iterate()`, never `all()`), because a ledger
 * may have ten million rows. The caller may stop after any fault.
 */
export type LedgerCheck = (db: Database) => Iterable<LedgerFault>;

/** Nine decimals, so that amounts one nano-dollar apart look different: `1.000000001`. */
export function nanoText(nano: bigint): string {
  return toDecimal(usd(nano), 9);
}
