/** Determines when reports of quarters are due, from the config. */

import type { Config } from '../config/config.ts';
import type { ReportConfig } from '../config/reportConfig.ts';
import type { DueRule } from '../domain/due.ts';

/** By default the fifth business day, when providers have closed the quarter's bill. */
const DEFAULT_SEND_ON = { businessDayOfQuarter: 5, at: '07:00', holidays: [] } as const;

interface Calendar {
  readonly fiscal: Config['fiscal'];
  readonly report?: Pick<ReportConfig, 'sendOn' | 'timeZone'>;
}

/** Returns `report.sendOn` in `report.timeZone`; by default the fifth business day at 07:00. */
export function toDueRule({ fiscal, report }: Calendar): DueRule {
  const { businessDayOfQuarter, at, holidays } = report?.sendOn ?? DEFAULT_SEND_ON;
  return {
    startMonth: fiscal.startMonth,
    businessDayOfQuarter,
    at,
    timeZone: report?.timeZone ?? 'UTC',
    holidays: new Set(holidays),
  };
}
