/** What rentcheck.yaml may say of a LiteLLM proxy. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

const HOUR_SECONDS = 3_600;

export const litellmOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('http://localhost:4000'),
  detail: z
    .enum(['day', 'request'])
    .default('day')
    .meta({ description: 'Sums by UTC day, or every request in the spend log.' }),
  interval: z
    .int()
    .min(60)
    .max(HOUR_SECONDS)
    .refine((seconds) => HOUR_SECONDS % seconds === 0, {
      error: 'a number of seconds that divides an hour was expected, like 300',
    })
    .default(300)
    .meta({ description: 'Seconds of one usage row with detail: request; must divide 3600.' }),
});

export type LitellmOptions = z.output<typeof litellmOptions>;
