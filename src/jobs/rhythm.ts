/** Converts the config's schedule into the domain's. */

import type { Config } from '../config/config.ts';
import {
  type CronLine,
  DEFAULT_CRONS,
  type Schedule,
  type SourceFactKind,
  DEFAULT_TRAILING_DAYS,
} from '../domain/rhythm.ts';
import type { Source } from '../sources/source.ts';
import { toDueRule } from './due.ts';

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
  configured: readonly SourceFactKind[] | undefined,
  own: readonly SourceFactKind[],
): readonly SourceFactKind[] {
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
