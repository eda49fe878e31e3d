/** Converts the config's schedule into the domain's. */

import type { Config, ReportConfig } from '../config/config.ts';
import {
  type CronLine,
  DEFAULT_CRONS,
  DEFAULT_TRAILING_DAYS,
  type Schedule,
} from '../calendar/schedule.ts';
import type { ProvidedFact } from '../domain/provenance.ts';
import type { Source } from '../sources/source.ts';
import type { DueRule } from '../calendar/reportDue.ts';

/** Lines that `schedule` does not set have their default times. */
export function toSchedule({ config, sources }: ScheduleContext): Schedule {
  const { schedule, report, smtp } = config;
  const crons = (Object.keys(DEFAULT_CRONS) as CronLine[]).flatMap((line) => {
    const configured = schedule[line];
    return configured === null ? [] : [[line, configured ?? DEFAULT_CRONS[line]] as const];
  });
  return {
    crons: Object.fromEntries(crons),
    sources: [...sources.values()].map(
      ({ id, provides, samples = [], trailingDays = DEFAULT_TRAILING_DAYS }) => ({
        id,
        provides,
        samples: sampledOf(schedule.sampled[id], samples),
        trailingDays: schedule.trailingDays[id] ?? trailingDays,
      }),
    ),
    ...(schedule.quarter === 'off' ? {} : { due: toDueRule(config) }),
    deliver: report !== undefined && (smtp !== undefined || report.channels.length > 0),
    corrections: report?.corrections ?? 'ask',
  };
}

/** Adds rates if the source's kind samples them, because the config cannot name them. */
function sampledOf(
  configured: readonly ProvidedFact[] | undefined,
  own: readonly ProvidedFact[],
): readonly ProvidedFact[] {
  if (configured === undefined) return own;
  return own.includes('rates') && configured.includes('inventory')
    ? [...configured, 'rates']
    : configured;
}

interface ScheduleContext {
  readonly config: Config;
  readonly sources: ReadonlyMap<
    string,
    Pick<Source, 'id' | 'provides' | 'trailingDays' | 'samples'>
  >;
}

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
