/** Knows what a report is made from. */

import type { Exact } from '../domain/exact.ts';
import type { Manner } from '../domain/manner.ts';
import type { Audit } from '../verdict/audit.ts';
import type { AuditDetail } from '../verdict/auditDetail.ts';
import type { Corrected, Late } from './words/correction.ts';

export interface ReportInput {
  readonly audit: Audit;
  readonly detail: AuditDetail;
  /** The audit of the quarter before, to tell what changed. */
  readonly previous?: Audit;
  /** Audits of earlier quarters, in any order, for the trend of the quarters. */
  readonly history?: readonly Audit[];
  /** 1 for the first report on a quarter; none for one that is not kept as an edition. */
  readonly edition?: number;
  /** The last edition that told leaders and finance anything new, and the audit it told. */
  readonly corrects?: Corrected;
  /** The same of an owner, by deployment, where that is another edition. */
  readonly correctsOwners?: ReadonlyMap<string, Corrected>;
  /** From how many dollars on a figure that moved is told; see `materialMoves`. */
  readonly minMoveUsd?: Exact;
  /** Deployments whose owner wants a letter; one that was not audited gets none. */
  readonly owners?: readonly string[];
  /** Set where the report is made after the day on which it was due. */
  readonly late?: Late;
  /** Sentences about the edition itself, told at its foot: that it has no PDF, and why. */
  readonly notes?: readonly string[];
  readonly manner?: Manner;
}
