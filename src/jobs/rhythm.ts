/** The schedule of the config, as a value of the domain. */

import type { Config } from '../config/config.ts';
import { type CronLine, RHYTHM, type Rhythm, type Told, TRAILING_DAYS } from '../domain/rhythm.ts';
import type { Source } from '../sources/source.ts';
import { dueRuleOf } from './due.ts';

/** Lines that `schedule` leaves out ring as they do by themselves. */
export function rhythmOf({ config, sources }: Wished): Rhythm {
  const { schedule, report, smtp } = config;
  const crons = (Object.keys(RHYTHM) as CronLine[]).flatMap((line) => {
    const wished = schedule[line];
    return wished === null ? [] : [[line, wished ?? RHYTHM[line]] as const];
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

/** Rates go along where the kind needs them, for config does not name them. */
function sampledOf(wished: readonly Told[] | undefined, own: readonly Told[]): readonly Told[] {
  if (wished === undefined) return own;
  return own.includes('rates') && wished.includes('inventory') ? [...wished, 'rates'] : wished;
}

interface Wished {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, Pick<Source, 'id' | 'tells' | 'trailingDays' | 'samples'>>;
}
