/** What rentcheck.yaml may say of a Fireworks account. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const fireworksOptions = z.strictObject({
  apiKey: secretSchema,
  account: z
    .string()
    .regex(/^[\w.-]{1,100}$/, { error: 'expected the id of an account' })
    .optional()
    .meta({ description: 'The id of the account that is billed; that of the key if absent.' }),
  costsByModel: z
    .boolean()
    .default(true)
    .meta({
      description:
        'Whether costs are asked for by model, which takes the key of an administrator; false ' +
        'tells what is paid for serverless models as one sum a day.',
    }),
  ...apiOptions('https://api.fireworks.ai'),
});

export type FireworksOptions = z.output<typeof fireworksOptions>;
