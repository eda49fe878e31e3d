/** What rentcheck.yaml may say of a Langfuse project. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const langfuseOptions = z.strictObject({
  publicKey: z.string().min(1),
  secretKey: secretSchema,
  ...apiOptions('https://cloud.langfuse.com'),
  granularity: z
    .enum(['hour', 'day'])
    .default('hour')
    .meta({ description: 'Length of one usage row; days take fewer of the requests of a day.' }),
});

export type LangfuseOptions = z.output<typeof langfuseOptions>;
