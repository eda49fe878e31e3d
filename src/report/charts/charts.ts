/** Knows which charts a report has, in the order in which they are read. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';
import type { ChartPlan } from './chart.ts';
import { loadPlan } from './load.ts';
import { weeklyPlan } from './weekly.ts';

export interface Charted {
  readonly audit: Audit;
  readonly detail: AuditDetail;
  /** Audits of earlier quarters, in any order; for the trend of the quarters. */
  readonly history?: readonly Audit[];
}

/** One plan a slot. */
export function chartPlans({ detail }: Charted): ChartPlan[] {
  return [weeklyPlan(detail), loadPlan(detail)];
}
