/** Options of a Nebius Token Factory source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const tokenFactoryOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://api.tokenfactory.nebius.com'),
});

export type TokenFactoryOptions = z.output<typeof tokenFactoryOptions>;
