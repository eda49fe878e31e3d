/** The input of a report. */

import type { Exact } from '../domain/exact.ts';
import type { Audit, AuditDetail } from '../verdict/audit.ts';
import type { CorrectedEdition, LateReport } from './sections/correction.ts';

export interface ReportInput {
  readonly audit: Audit;
  readonly detail: AuditDetail;
  /** The previous quarter's audit, to state what changed. */
  readonly previous?: Audit;
  /** Audits of earlier quarters, in any order, for the quarterly trend. */
  readonly history?: readonly Audit[];
  /** 1 for the first report on a quarter. Absent if the report is not kept as an edition. */
  readonly edition?: number;
  /** The last edition with new content for leaders and finance, and its audit. */
  readonly corrects?: CorrectedEdition;
  /** The last edition with new content for an owner, by deployment, if it is another one. */
  readonly correctsOwners?: ReadonlyMap<string, CorrectedEdition>;
  /** Minimum dollars of a material change, or 1% of the earlier value if that is more. */
  readonly minMoveUsd?: Exact;
  /** Deployments whose owners get a report. Deployments that were not audited are ignored. */
  readonly owners?: readonly string[];
  /** Present if the report is made after its due day. */
  readonly late?: LateReport;
  /** Notes on the edition, printed at its end, such as why it has no PDF. */
  readonly notes?: readonly string[];
  readonly format?: ReportFormat;
}

export interface ReportFormat {
  /** Language of the text. */
  readonly language: 'en';
  /**
   * A BCP 47 tag, `en-US`, `de-DE`: digits, currency position, dates. Without one a report writes
   * `$41,200` and `Jul 1, 2026`, which are unambiguous everywhere.
   */
  readonly locale?: string;
}
