/**
 * Knows how economics and verdict become one document: `rentcheck/audit/1`, and the detail for
 * charts.
 */

import { instantText } from '../domain/period.ts';
import { sumWhole } from '../domain/whole.ts';
import type { StackEconomics } from '../economics/result.ts';
import type { Audit } from './audit.ts';
import type { AuditDetail } from './auditDetail.ts';
import type { StackVerdict } from './decision.ts';
import { auditDetail } from './detail.ts';
import { auditDeployment, printDeployment } from './documentDeployment.ts';
import { auditStack, auditTotals } from './documentStack.ts';
import { roundNano } from './printed.ts';

/** What names an audit: given by who runs it, for nothing here can know it. */
export interface AuditIdentity {
  readonly quarter: string | null;
  readonly partial: boolean;
  readonly asOfMs: number;
  readonly runId: string;
  readonly inputsDigest: string;
  readonly codeVersion: string;
}

export interface DocumentInput {
  readonly economics: StackEconomics;
  readonly verdict: StackVerdict;
  readonly identity: AuditIdentity;
  /** Things about the facts that a reader must know, by deployment. */
  readonly warnings?: ReadonlyMap<string, readonly string[]>;
}

/** Money with six places, rounded once; printed parts sum to the printed whole. */
export function auditDocument(input: DocumentInput): { audit: Audit; detail: AuditDetail } {
  const { economics, verdict, identity, warnings } = input;
  const { deployments, bill, window } = economics;
  const spends = roundNano([...deployments.map(({ spend }) => spend.total), bill.unattributed]);
  const printed = deployments.map((each, index) => printDeployment(each, spends[index] ?? 0n));
  const spend = sumWhole(spends);
  const { asOfMs, partial, quarter, runId, inputsDigest, codeVersion } = identity;
  const audit: Audit = {
    schema: 'rentcheck/audit/1',
    quarter,
    window: { start: instantText(window.startMs), end: instantText(window.endMs), partial },
    asOf: instantText(asOfMs),
    runId,
    inputsDigest,
    codeVersion,
    stack: auditStack(verdict.stack, printed),
    totals: auditTotals(economics, printed, { spend, unattributed: spends.at(-1) ?? 0n }),
    deployments: printed.flatMap((each, index) => {
      const decision = verdict.deployments[index];
      if (decision === undefined) return [];
      return [auditDeployment(each, decision, warnings?.get(decision.id) ?? [])];
    }),
    sensitivity: [],
  };
  return { audit, detail: auditDetail(printed, window) };
}
