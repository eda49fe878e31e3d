/** Options of a Fireworks source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

export const fireworksOptions = z.strictObject({
  apiKey: secretSchema,
  account: z
    .string()
    .regex(/^[\w.-]{1,100}$/, { error: 'expected the id of an account' })
    .optional()
    .meta({ description: 'The id of the billed account; that of the key by default.' }),
  costsByModel: z
    .boolean()
    .default(true)
    .meta({
      description:
        'Whether to read costs by model, which needs the key of an administrator; false ' +
        'reads serverless costs as one sum per day.',
    }),
  ...apiOptions('https://api.fireworks.ai'),
});

export type FireworksOptions = z.output<typeof fireworksOptions>;

/** Charges by day and model, and tokens of serverless models, of a Fireworks account. */
export const fireworksDeclaration: KindDeclaration<FireworksOptions> = {
  kind: 'fireworks',
  provides: ['charges'],
  options: fireworksOptions,
};
