/** Reads what finance books and checks: the bill, and the evidence behind it. */

import type { AuditBill, AuditEvidence } from '../../verdict/auditEvidence.ts';
import { readAmounts } from './deploymentReading.ts';

export type BillReading = ReturnType<typeof readBill>;

export function readBill({ lines, beside, months, invoices }: AuditBill) {
  return {
    lines: lines.map((line) => readAmounts(line, ['usd', 'billedUsd'])),
    beside: beside.map((line) => readAmounts(line, ['usd'])),
    months: months.map((month) => readAmounts(month, ['billedUsd', 'estimatedUsd'])),
    invoices: invoices.map((invoice) => readAmounts(invoice, ['billedUsd'])),
  };
}

export type EvidenceReading = ReturnType<typeof readEvidence>;
export type ReconciledReading = EvidenceReading['reconciliation'][number];
export type EstimateReading = EvidenceReading['estimates'][number];
export type GapReading = EvidenceReading['gaps'][number];

export function readEvidence({ doubleBilled = [], leftOut = [], ...evidence }: AuditEvidence) {
  return {
    basis: evidence.basis.map((part) => readAmounts(part, ['spendUsd'])),
    reconciliation: evidence.reconciliation.map((month) =>
      readAmounts(month, ['billedUsd', 'heldUsd']),
    ),
    estimates: evidence.estimates.map((estimate) =>
      readAmounts(estimate, ['low', 'high', 'laterUsd', 'laterLowUsd', 'laterHighUsd']),
    ),
    gaps: evidence.gaps.map((gap) => readAmounts(gap, ['likelyUsd'])),
    doubleBilled: doubleBilled.map((charge) => readAmounts(charge, ['usd'])),
    leftOut: leftOut.map((charges) => readAmounts(charges, ['usd'])),
  };
}
