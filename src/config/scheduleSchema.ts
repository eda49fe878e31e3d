/** The section `schedule`: when each line of the timetable rings, or that it is off. */

import { z } from 'zod';
import { parseCron } from '../domain/cron.ts';
import { type CronLine, RHYTHM } from '../domain/rhythm.ts';
import { whole } from './numbers.ts';
import { valueOf } from './value.ts';

/** Five fields of cron in UTC, kept as written; `null` for a line that is off. */
function ringing() {
  return valueOf<string | null>({
    expected: 'five cron fields in UTC like "5 * * * *" (numbers, lists, ranges, steps), or off',
    json: { type: ['string', 'boolean'] },
    read(value) {
      if (value === 'off' || value === false) return null;
      return typeof value === 'string' && parseCron(value) !== undefined ? value : undefined;
    },
    remedy(value) {
      if (typeof value !== 'string') return undefined;
      if (/[a-z@#?]/i.test(value)) {
        return 'write days and months as numbers, e.g. 1-5 for Monday to Friday';
      }
      return /(^|[\s,])\d+\//.test(value) ? 'write a step with a range, e.g. 5-59/10' : undefined;
    },
  });
}

const lines = Object.fromEntries(
  Object.keys(RHYTHM).map((line) => [line, ringing().exactOptional()]),
) as Record<CronLine, z.ZodExactOptional<ReturnType<typeof ringing>>>;

export const scheduleSchema = z.strictObject({
  ...lines,
  /** Only `off`: when it rings is said by `report.sendOn`. */
  quarter: z.enum(['on', 'off']).default('on'),
  /** By the id of a source: how many days back its bill is read again each day. */
  trailingDays: z.record(z.string(), whole(1, 400)).default({}),
  /** By source: what it tells of the present alone, so that it must be asked often; or nothing. */
  sampled: z.record(z.string(), z.array(z.enum(['usage', 'inventory']))).default({}),
});
