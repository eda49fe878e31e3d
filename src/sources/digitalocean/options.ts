/** Options of a DigitalOcean source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const digitaloceanOptions = z.strictObject({
  apiKey: secretSchema,
  team: z
    .string()
    .regex(/^(?:do:team(?:group)?:)?[\w-]{1,100}$/, {
      error: 'expected the id of a team, or do:team:ID or do:teamgroup:ID',
    })
    .meta({ description: 'The id of the team whose daily estimates are read.' }),
  ...apiOptions('https://api.digitalocean.com'),
});

export type DigitaloceanOptions = z.output<typeof digitaloceanOptions>;
