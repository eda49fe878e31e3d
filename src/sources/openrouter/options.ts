/** Options of an OpenRouter source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

/** Prices are public. Without a key, only latency and throughput are missing. */
export const openrouterOptions = z.strictObject({
  managementKey: secretSchema.optional(),
  apiKey: secretSchema.optional(),
  ...apiOptions('https://openrouter.ai/api/v1'),
});

export type OpenrouterOptions = z.output<typeof openrouterOptions>;

/** A model's providers with their current prices, and the account's spend by model. */
export const openrouterDeclaration: KindDeclaration<OpenrouterOptions> = {
  kind: 'openrouter',
  provides: ['prices', 'charges'],
  options: openrouterOptions,
  listsModels: true,
};
