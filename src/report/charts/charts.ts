/** Lists the charts of a report, in reading order. */

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
import type { Reader } from '../locale.ts';

export interface Charted {
  readonly audit: Audit;
  readonly detail: AuditDetail;
  /** Audits of earlier quarters, in any order, for the quarterly trend. */
  readonly history?: readonly Audit[];
}

/** One plan for each chart, even without data. Accepts audits of older versions. */
export function chartPlans(
  { audit: stored, detail, history = [] }: Charted,
  reader: Reader,
): ChartPlan[] {
  const audit = complete(stored);
  return [
    totalCostPlan(audit, reader),
    weeklyPlan(detail, reader),
    paidHoursPlan(audit, reader),
    optionsPlan(audit, reader),
    loadPlan(audit, detail, reader),
    tornadoPlan(audit, reader),
    quartersPlan(audit, history.map(complete), reader),
  ];
}
