/** What rentcheck.yaml may say of a Together AI organization. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const togetherOptions = z.strictObject({
  apiKey: secretSchema,
  organization: z
    .string()
    .regex(/^[\w.-]{1,100}$/, { error: 'the id of an organization was expected' })
    .optional()
    .meta({ description: 'The id of the organization that is billed; that of the key if absent.' }),
  ...apiOptions('https://api.together.ai/v1'),
});

export type TogetherOptions = z.output<typeof togetherOptions>;
