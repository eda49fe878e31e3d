/** What rentcheck.yaml may say of DeepInfra. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

/** Its list of models has been answered without a key, and has been refused without one. */
export const deepinfraOptions = z.strictObject({
  apiKey: secretSchema.optional(),
  billing: z.boolean().default(true).meta({
    description:
      'Whether to read the bill of the account, if there is a key; false reads prices only.',
  }),
  ...apiOptions('https://api.deepinfra.com'),
});

export type DeepinfraOptions = z.output<typeof deepinfraOptions>;
