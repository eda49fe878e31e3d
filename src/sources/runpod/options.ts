/** What rentcheck.yaml may say of a RunPod account. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const runpodOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://api.runpod.io'),
  /** Length of the bill's buckets; a day is enough where only sums matter. */
  bucket: z.enum(['hour', 'day']).default('hour'),
  spot: z
    .array(z.string().min(1))
    .default([])
    .meta({ description: 'Names of the pods that are spot, with *; RunPod does not tell.' }),
});

export type RunpodOptions = z.output<typeof runpodOptions>;
