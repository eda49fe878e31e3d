/** Options of an OpenRouter source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

/** Prices are public. Without a key, only latency and throughput are missing. */
export const openrouterOptions = z.strictObject({
  managementKey: secretSchema.optional(),
  apiKey: secretSchema.optional(),
  ...apiOptions('https://openrouter.ai/api/v1'),
});

export type OpenrouterOptions = z.output<typeof openrouterOptions>;
