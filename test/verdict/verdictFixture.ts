/** Verdicts for tests: the worked example with a policy that its few dollars can meet. */

import { decimal } from '../../src/domain/exact.ts';
import type { ReconciledMonth } from '../../src/domain/reconciliation.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { decide } from '../../src/verdict/decide.ts';
import type { DeploymentDecision } from '../../src/verdict/decision.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { type AuditIdentity, printAudit } from '../../src/verdict/document/document.ts';
import { toAuditRows } from '../../src/verdict/document/rows.ts';
import type { PreviousVerdicts } from '../../src/verdict/judge/previousVerdict.ts';
import type { Policy } from '../../src/verdict/policy.ts';
import { stack } from '../economics/stackFixture.ts';
import type { StepAssignments } from '../../src/verdict/steps/stepTerms.ts';
import { ACTING } from '../support/acting.ts';

export const POLICY: Policy = {
  minProbability: decimal('0.9'),
  reversalSavingShare: decimal('0.3'),
  draws: 2000,
  minSavingUsd: decimal('1'),
  minSavingShare: decimal('0.15'),
  minCoverage: decimal('0.9'),
  maxUnattributedShare: decimal('0.1'),
};

export const IDENTITY: AuditIdentity = {
  quarter: '2026-Q3',
  partial: false,
  asOfMs: Date.UTC(2026, 9, 5, 7),
  runId: 'run-1',
  inputsDigest: 'digest',
  codeVersion: '0.1.0',
};

export interface VerdictOptions {
  readonly stack?: Parameters<typeof stack>[0];
  readonly policy?: Partial<Policy>;
  readonly reconciliation?: readonly ReconciledMonth[];
  readonly standings?: PreviousVerdicts;
  readonly seed?: string;
  readonly acting?: Partial<StepAssignments>;
}

export function computeVerdict({
  stack: parts,
  policy,
  acting,
  seed = 'seed',
  ...grounds
}: VerdictOptions = {}) {
  const economics = weighStack(stack(parts));
  const chance = seededRandom(seed);
  const verdict = decide(economics, { policy: { ...POLICY, ...policy }, chance, ...grounds });
  const { reconciliation } = grounds;
  const result = reconciliation === undefined ? {} : { reconciliation };
  const document = printAudit({
    economics,
    verdict,
    identity: IDENTITY,
    ...result,
    sentences: AUDIT_SENTENCES,
    acting: { ...ACTING, ...acting },
  });
  const rows = toAuditRows(economics, verdict);
  return { economics, verdict, ...document, rows, first: spoken(firstOf(verdict.deployments)) };
}

/** Its reasons as they are read. */
function spoken(decision: DeploymentDecision) {
  const reasons = decision.reasons.map(AUDIT_SENTENCES.reason);
  return { ...decision, reasons, missing: decision.missing.map(AUDIT_SENTENCES.missing) };
}

function firstOf(decisions: readonly DeploymentDecision[]): DeploymentDecision {
  const [first] = decisions;
  if (first === undefined) throw new Error('one deployment is decided');
  return first;
}
