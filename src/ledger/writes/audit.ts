/** Writes an audit: the whole record in one step, once per id. */

import type { AuditRecord } from '../ledger.ts';
import type { Store } from '../store.ts';
import {
  auditDays,
  auditDeployments,
  auditOptions,
  auditRuns,
  counterfactualDays,
  unattributedDays,
} from '../tables/audit.ts';
import { createInserter } from './insert.ts';

/**
 * Writes the audit. Call it inside a transaction. Returns false if its `runId` is already stored.
 */
export function writeAudit({ db }: Store, record: AuditRecord): boolean {
  const known = db.prepare('SELECT 1 FROM audit_run WHERE run_id = ?').get(record.runId);
  if (known !== undefined) return false;
  const runRef = createInserter(db, auditRuns)(runRow(record));
  const insertDeployment = createInserter(db, auditDeployments);
  for (const [ordinal, row] of record.deployments.entries()) {
    insertDeployment({ ...row, runRef, ordinal });
  }
  const insertOption = createInserter(db, auditOptions);
  for (const [ordinal, row] of record.options.entries()) insertOption({ ...row, runRef, ordinal });
  const insertDay = createInserter(db, auditDays);
  for (const row of record.days) insertDay({ ...row, runRef });
  const insertCounterfactual = createInserter(db, counterfactualDays);
  for (const row of record.counterfactuals) insertCounterfactual({ ...row, runRef });
  const insertUnattributed = createInserter(db, unattributedDays);
  for (const [ordinal, row] of record.unattributed.entries()) {
    insertUnattributed({ ...row, runRef, ordinal });
  }
  return true;
}

function runRow(record: AuditRecord): typeof auditRuns.$inferInsert {
  const { window, stack, runId, quarter, asOfMs, computedAtMs, inputsDigest } = record;
  const { codeVersion, partial, auditJson, detailJson } = record;
  return {
    runId,
    quarter,
    asOfMs,
    computedAtMs,
    inputsDigest,
    codeVersion,
    partial,
    auditJson,
    detailJson,
    ...stack,
    windowStartMs: window.startMs,
    windowEndMs: window.endMs,
  };
}
