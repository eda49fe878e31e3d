/** Options of a DeepInfra source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

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

/** DeepInfra's current token prices by model, and the account's spend by model. */
export const deepinfraDeclaration: KindDeclaration<DeepinfraOptions> = {
  kind: 'deepinfra',
  provides: ['prices', 'charges'],
  options: deepinfraOptions,
  listsModels: true,
  // A month's bill changes until its invoice is issued, early in the next month.
  trailingDays: 35,
};
