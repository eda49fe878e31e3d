/** What rentcheck.yaml may say of Hugging Face's router. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

/** Its list of models is public: a key is sent only where one is given. */
export const huggingfaceOptions = z.strictObject({
  apiKey: secretSchema.optional(),
  ...apiOptions('https://router.huggingface.co'),
});

export type HuggingfaceOptions = z.output<typeof huggingfaceOptions>;
