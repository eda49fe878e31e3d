/** Knows what rentcheck.yaml may say about a RunPod account. */

import { z } from 'zod';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import { secretSchema } from '../../platform/secret.ts';

export const runpodOptions = z.strictObject({
  apiKey: secretSchema,
  baseUrl: baseUrlSchema.default('https://api.runpod.io'),
  timeoutSeconds: z.number().positive().max(3600).optional(),
  /** Length of the bill's buckets; a day is enough where only sums matter. */
  bucket: z.enum(['hour', 'day']).default('hour'),
});

export type RunpodOptions = z.output<typeof runpodOptions>;
