/** Schema of the section `schedule`: a cron expression for each line, or off. */

import { z } from 'zod';
import { parseCron } from '../domain/cron.ts';
import { type CronLine, DEFAULT_CRONS } from '../domain/rhythm.ts';
import { wholeNumberSchema } from './numbers.ts';
import { valueSchema } from './value.ts';

/** A cron expression of five fields in UTC, kept as written; `null` if it is off. */
function cronExpression() {
  return valueSchema<string | null>({
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

const cronLines = Object.fromEntries(
  Object.keys(DEFAULT_CRONS).map((line) => [line, cronExpression().exactOptional()]),
) as Record<CronLine, z.ZodExactOptional<ReturnType<typeof cronExpression>>>;

export const scheduleSchema = z.strictObject({
  ...cronLines,
  /** Only `off` has an effect: `report.sendOn` sets the time. */
  quarter: z.enum(['on', 'off']).default('on'),
  /** By source ID: days back for which its bill is pulled again each day. */
  trailingDays: z.record(z.string(), wholeNumberSchema(1, 400)).default({}),
  /**
   * By source ID: facts for which it reports only the present, so they are pulled often; may be
   * empty.
   */
  sampled: z.record(z.string(), z.array(z.enum(['usage', 'inventory']))).default({}),
});
