/** The interface of the ledger, and of the SQL that people write. */

import type { AuditStore } from './audits.ts';
import type { DeliveryStore } from './deliveries.ts';
import type { FactStore } from './facts.ts';
import type { WorkLog } from './work.ts';

/** The result of a read-only query, with rows in column order. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | bigint | null)[])[];
}

export interface Ledger {
  readonly facts: FactStore;
  readonly audits: AuditStore;
  readonly deliveries: DeliveryStore;
  readonly work: WorkLog;
  /** Runs one read-only statement. A writing statement fails with `usage`. */
  query(sql: string): Promise<QueryResult>;
  /** The views of the contract and what one row of each is. */
  views(): Promise<readonly { name: string; grain: string }[]>;
  close(): Promise<void>;
}
