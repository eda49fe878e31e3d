/** Lists the charts of a report, in reading order. */

import type { DetailReading } from '../sections/storedAmounts.ts';
import type { ChartPlan } from './chart.ts';
import { planLoadChart } from './load.ts';
import { planOptionsChart } from './options.ts';
import { planPaidHoursChart } from './paidHours.ts';
import { planQuartersChart } from './quarters.ts';
import { planTornadoChart } from './tornado.ts';
import { planTotalCostChart } from './totalCost.ts';
import { planWeeklyChart } from './weekly.ts';
import type { Reader } from '../locale.ts';
import type { AuditReading } from '../sections/auditReading.ts';

export interface ChartInput {
  readonly audit: AuditReading;
  readonly detail: DetailReading;
  /** Audits of earlier quarters, in any order, for the quarterly trend. */
  readonly history?: readonly AuditReading[];
}

/** One plan for each chart, even without data. */
export function planCharts(
  { audit, detail, history = [] }: ChartInput,
  reader: Reader,
): ChartPlan[] {
  return [
    planTotalCostChart(audit, reader),
    planWeeklyChart(detail, reader),
    planPaidHoursChart(audit, reader),
    planOptionsChart(audit, reader),
    planLoadChart(audit, detail, reader),
    planTornadoChart(audit, reader),
    planQuartersChart(audit, history, reader),
  ];
}
