/** Lists the charts of a report, in reading order. */

import type { Audit, AuditDetail } from '../../verdict/audit.ts';
import { completeAudit } from '../sections/completeAudit.ts';
import type { ChartPlan } from './chart.ts';
import { planLoadChart } from './load.ts';
import { planOptionsChart } from './options.ts';
import { planPaidHoursChart } from './paidHours.ts';
import { planQuartersChart } from './quarters.ts';
import { planTornadoChart } from './tornado.ts';
import { planTotalCostChart } from './totalCost.ts';
import { planWeeklyChart } from './weekly.ts';
import type { Reader } from '../locale.ts';

export interface ChartInput {
  readonly audit: Audit;
  readonly detail: AuditDetail;
  /** Audits of earlier quarters, in any order, for the quarterly trend. */
  readonly history?: readonly Audit[];
}

/** One plan for each chart, even without data. Accepts audits of older versions. */
export function planCharts(
  { audit: stored, detail, history = [] }: ChartInput,
  reader: Reader,
): ChartPlan[] {
  const audit = completeAudit(stored);
  return [
    planTotalCostChart(audit, reader),
    planWeeklyChart(detail, reader),
    planPaidHoursChart(audit, reader),
    planOptionsChart(audit, reader),
    planLoadChart(audit, detail, reader),
    planTornadoChart(audit, reader),
    planQuartersChart(audit, history.map(completeAudit), reader),
  ];
}
