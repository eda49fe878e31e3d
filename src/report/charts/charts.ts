/** Which charts a report has, in the order in which they are read. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';
import { complete } from '../words/older.ts';
import type { ChartPlan } from './chart.ts';
import { loadPlan } from './load.ts';
import { optionsPlan } from './options.ts';
import { paidHoursPlan } from './paidHours.ts';
import { quartersPlan } from './quarters.ts';
import { tornadoPlan } from './tornado.ts';
import { totalCostPlan } from './totalCost.ts';
import { weeklyPlan } from './weekly.ts';

export interface Charted {
  readonly audit: Audit;
  readonly detail: AuditDetail;
  /** Audits of earlier quarters, in any order; for the trend of the quarters. */
  readonly history?: readonly Audit[];
}

/** One plan each, whatever there is to draw; of audits of older versions too. */
export function chartPlans({ audit: stored, detail, history = [] }: Charted): ChartPlan[] {
  const audit = complete(stored);
  return [
    totalCostPlan(audit),
    weeklyPlan(detail),
    paidHoursPlan(audit),
    optionsPlan(audit),
    loadPlan(audit, detail),
    tornadoPlan(audit),
    quartersPlan(audit, history.map(complete)),
  ];
}
