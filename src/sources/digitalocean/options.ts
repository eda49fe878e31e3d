/** Options of a DigitalOcean source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

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

/** Daily estimates, then invoices; GPU Droplets and their prices, from DigitalOcean's API v2. */
export const digitaloceanDeclaration: KindDeclaration<DigitaloceanOptions> = {
  kind: 'digitalocean',
  provides: ['charges', 'inventory', 'rates'],
  options: digitaloceanOptions,
  // A month's invoice is issued at the start of the next month.
  trailingDays: 35,
  states: {
    // A Droplet costs the same when it is off. Estimates have names and no ids.
    instance: { billed: ['active', 'off'], idle: [], starting: ['new'], isOnBill: false },
  },
};
