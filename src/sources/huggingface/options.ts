/** Options of a Hugging Face source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

/** The list of models is public; a key is sent only if one is configured. */
export const huggingfaceOptions = z.strictObject({
  apiKey: secretSchema.optional(),
  ...apiOptions('https://router.huggingface.co'),
});

export type HuggingfaceOptions = z.output<typeof huggingfaceOptions>;

/** The providers of a model behind Hugging Face's router, with their current prices. */
export const huggingfaceDeclaration: KindDeclaration<HuggingfaceOptions> = {
  kind: 'huggingface',
  provides: ['prices'],
  options: huggingfaceOptions,
  listsModels: true,
};
