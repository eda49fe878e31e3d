/** What rentcheck.yaml may say of OpenRouter. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

/** Prices are public: without a key they come too, but for latency and throughput. */
export const openrouterOptions = z.strictObject({
  managementKey: secretSchema.optional(),
  apiKey: secretSchema.optional(),
  ...apiOptions('https://openrouter.ai/api/v1'),
});

export type OpenrouterOptions = z.output<typeof openrouterOptions>;
