/** Options of a Cerebras source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

/** The list of models is public; a key is sent only if one is configured. */
export const cerebrasOptions = z.strictObject({
  apiKey: secretSchema.optional(),
  ...apiOptions('https://api.cerebras.ai'),
});

export type CerebrasOptions = z.output<typeof cerebrasOptions>;
