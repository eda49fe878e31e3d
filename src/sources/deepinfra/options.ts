/** Options of a DeepInfra source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

/** The key is optional: the list of models has been both served and refused without one. */
export const deepinfraOptions = z.strictObject({
  apiKey: secretSchema.optional(),
  billing: z.boolean().default(true).meta({
    description:
      'Whether to read the bill of the account, if there is a key; false reads prices only.',
  }),
  ...apiOptions('https://api.deepinfra.com'),
});

export type DeepinfraOptions = z.output<typeof deepinfraOptions>;
