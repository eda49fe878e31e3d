/** Options of a Crusoe source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

export const crusoeOptions = z.strictObject({
  accessKeyId: secretSchema,
  secretKey: secretSchema,
  organization: z
    .string()
    .regex(/^[\w-]{1,100}$/, { error: 'expected the id of an organization' })
    .meta({ description: 'The id of the organization, as its console shows it.' }),
  ...apiOptions('https://api.cloud.crusoe.ai/v1'),
});

export type CrusoeOptions = z.output<typeof crusoeOptions>;

/** Daily costs and VMs of an organization, from Crusoe's API v1. */
export const crusoeDeclaration: KindDeclaration<CrusoeOptions> = {
  kind: 'crusoe',
  provides: ['charges', 'inventory'],
  options: crusoeOptions,
  // Crusoe does not say when a day's costs are final, so they are read again until the month is
  // over.
  trailingDays: 35,
  states: {
    instance: {
      billed: ['STATE_RUNNING'],
      idle: [],
      starting: [],
      // Costs are per project, region and type, not per VM.
      isOnBill: false,
    },
  },
};
