/** An audit as the ledger stores it: for SQL readers and for rendering. */

import type { AuditRows } from '../domain/auditRow.ts';
import type { Period } from '../domain/period.ts';

/** What the audit stores for SQL readers and for rendering; all money in whole nano-USD. */
export interface AuditRecord extends AuditRows {
  /**
   * Deterministic: the same inputs and code give the same id, and storing it again changes
   * nothing.
   */
  readonly runId: string;
  /** `2026-Q3`, or absent for a window given by hand. */
  readonly quarter?: string;
  readonly window: Period;
  readonly asOfMs: number;
  readonly computedAtMs: number;
  readonly inputsDigest: string;
  readonly codeVersion: string;
  readonly partial: boolean;
  /** `rentcheck/audit/1` as text. */
  readonly auditJson: string;
  /** What the report's charts need, as text. */
  readonly detailJson: string;
}
