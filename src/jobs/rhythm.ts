/** Converts the config's schedule into the domain's. */

import type { Config } from '../config/config.ts';
import { type CronLine, RHYTHM, type Rhythm, type Told, TRAILING_DAYS } from '../domain/rhythm.ts';
import type { Source } from '../sources/source.ts';
import { dueRuleOf } from './due.ts';

/** Lines that `schedule` does not set have their default times. */
export function rhythmOf({ config, sources }: ScheduleContext): Rhythm {
  const { schedule, report, smtp } = config;
  const crons = (Object.keys(RHYTHM) as CronLine[]).flatMap((line) => {
    const configured = schedule[line];
    return configured === null ? [] : [[line, configured ?? RHYTHM[line]] as const];
  });
  return {
    crons: Object.fromEntries(crons),
    sources: [...sources.values()].map(
      ({ id, tells, samples = [], trailingDays = TRAILING_DAYS }) => ({
        id,
        tells,
        samples: sampledOf(schedule.sampled[id], samples),
        trailingDays: schedule.trailingDays[id] ?? trailingDays,
      }),
    ),
    ...(schedule.quarter === 'off' ? {} : { due: dueRuleOf(config) }),
    deliver: report !== undefined && (smtp !== undefined || report.channels.length > 0),
    corrections: report?.corrections ?? 'ask',
  };
}

/** Adds rates if the source's kind samples them, because the config cannot name them. */
function sampledOf(configured: readonly Told[] | undefined, own: readonly Told[]): readonly Told[] {
  if (configured === undefined) return own;
  return own.includes('rates') && configured.includes('inventory')
    ? [...configured, 'rates']
    : configured;
}

interface ScheduleContext {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, Pick<Source, 'id' | 'tells' | 'trailingDays' | 'samples'>>;
}
