/** What rentcheck.yaml may say of Cerebras. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

/** Its list of models is public: a key is sent only where one is given. */
export const cerebrasOptions = z.strictObject({
  apiKey: secretSchema.optional(),
  ...apiOptions('https://api.cerebras.ai'),
});

export type CerebrasOptions = z.output<typeof cerebrasOptions>;
