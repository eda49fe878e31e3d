/** Options of a Cerebras source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

/** The list of models is public; a key is sent only if one is configured. */
export const cerebrasOptions = z.strictObject({
  apiKey: secretSchema.optional(),
  ...apiOptions('https://api.cerebras.ai'),
});

export type CerebrasOptions = z.output<typeof cerebrasOptions>;

/** Cerebras' current token prices by model. */
export const cerebrasDeclaration: KindDeclaration<CerebrasOptions> = {
  kind: 'cerebras',
  provides: ['prices'],
  options: cerebrasOptions,
  listsModels: true,
};
