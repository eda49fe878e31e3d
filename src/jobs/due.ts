/** When the config wants quarters to be reported. */

import type { Config } from '../config/config.ts';
import type { ReportConfig } from '../config/reportConfig.ts';
import type { DueRule } from '../domain/due.ts';

/** The fifth business day, by when providers have closed the quarter's bill. */
const UNLESS_SAID = { businessDayOfQuarter: 5, at: '07:00', holidays: [] } as const;

interface Calendar {
  readonly fiscal: Config['fiscal'];
  readonly report?: Pick<ReportConfig, 'sendOn' | 'timeZone'>;
}

/** `report.sendOn` in `report.timeZone`; the fifth business day at 07:00 where nothing is said. */
export function dueRuleOf({ fiscal, report }: Calendar): DueRule {
  const { businessDayOfQuarter, at, holidays } = report?.sendOn ?? UNLESS_SAID;
  return {
    startMonth: fiscal.startMonth,
    businessDayOfQuarter,
    at,
    timeZone: report?.timeZone ?? 'UTC',
    holidays: new Set(holidays),
  };
}
