/** Knows which charts a report has, in the order in which they are read. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';
import { invariant } from '../../domain/invariant.ts';
import type { ChartPlan, ChartSlot } from './chart.ts';
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

/** The plan of one place in the page. */
export function planOf(plans: readonly ChartPlan[], slot: ChartSlot): ChartPlan {
  const plan = plans.find((candidate) => candidate.slot === slot);
  invariant(plan !== undefined, `there is a plan for every slot, but none for ${slot}`);
  return plan;
}
