/** Options of a Hyperstack source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const hyperstackOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://infrahub-api.nexgencloud.com/v1'),
});

export type HyperstackOptions = z.output<typeof hyperstackOptions>;
