/** Options of a Crusoe source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

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
