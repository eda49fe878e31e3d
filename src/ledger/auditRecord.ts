/** An audit as the ledger stores it. */

import type { AuditRows } from '../domain/auditRow.ts';
import type { Period } from '../domain/period.ts';

/** What an audit stores for SQL queries and for rendering. All money is in whole nano-USD. */
export interface AuditRecord extends AuditRows {
  /**
   * Deterministic: the same inputs and code give the same id, and storing it again changes nothing.
   */
  readonly runId: string;
  /** E.g. `2026-Q3`. Missing if the period was given by dates. */
  readonly quarter?: string;
  readonly window: Period;
  readonly asOfMs: number;
  readonly computedAtMs: number;
  readonly inputsDigest: string;
  readonly codeVersion: string;
  readonly partial: boolean;
  /** `rentcheck/audit/1` as JSON text. */
  readonly auditJson: string;
  /** The data of the report's charts, as JSON text. */
  readonly detailJson: string;
}
