/** Options of a Hugging Face source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

/** The list of models is public; a key is sent only if one is configured. */
export const huggingfaceOptions = z.strictObject({
  apiKey: secretSchema.optional(),
  ...apiOptions('https://router.huggingface.co'),
});

export type HuggingfaceOptions = z.output<typeof huggingfaceOptions>;
