/** Warnings of pulls and imports: for a person to read, neither failures nor rejected rows. */

import type { BillWarning } from './billWarning.ts';
import type { ClockGap } from './ledgerFaults.ts';
import type { FileWarning, LedgerWarning } from './fileWarning.ts';
import type { UptimeNote } from './uptimeNote.ts';
import type { UsageWarning } from './usageWarning.ts';

/** A code with its figures, as JSON. The ledger stores it, and the report room has its sentence. */
export type PullWarning =
  | BillWarning
  | ClockGap
  | FileWarning
  | LedgerWarning
  | UptimeNote
  | UsageWarning
  /** A sentence that version 0.8 or an earlier one stored. */
  | { readonly code: 'text'; readonly text: string };

/** What a pull did, though nothing is wrong. */
export type PullRemark =
  | { readonly code: 'replicas-scraped'; readonly replicas: number }
  /** A section of a bill, such as a month, and what is said of it. */
  | { readonly code: 'section-read'; readonly section: string; readonly note: PullWarning };

/** Warnings as the ledger stores them. Earlier versions stored plain sentences. */
export function parsePullWarnings(json: string): PullWarning[] {
  const stored = JSON.parse(json) as readonly (PullWarning | string)[];
  return stored.map((each) => (typeof each === 'string' ? { code: 'text', text: each } : each));
}

/** Those of `warnings` that are not among `known`, each once. */
export function newWarnings(
  warnings: readonly PullWarning[],
  known: readonly PullWarning[] = [],
): PullWarning[] {
  const seen = new Set(known.map((each) => JSON.stringify(each)));
  return warnings.filter((each) => {
    const key = JSON.stringify(each);
    return !seen.has(key) && seen.add(key);
  });
}
