/** Knows what rentcheck.yaml may say about OpenRouter. */

import { z } from 'zod';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import { secretSchema } from '../../platform/secret.ts';

/** Prices are public: without a key they come too, but for latency and throughput. */
export const openrouterOptions = z.strictObject({
  managementKey: secretSchema.optional(),
  apiKey: secretSchema.optional(),
  baseUrl: baseUrlSchema.default('https://openrouter.ai/api/v1'),
  timeoutSeconds: z.number().positive().max(3600).optional(),
});

export type OpenrouterOptions = z.output<typeof openrouterOptions>;
