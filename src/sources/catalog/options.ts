/** Options of a token-price catalog source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import type { KindDeclaration } from '../source.ts';

export const catalogOptions = z.strictObject({
  catalog: z.enum(['models.dev', 'litellm', 'genai-prices']),
  providers: z.array(z.string().min(1)).min(1).optional().meta({
    description: 'Providers whose prices count, by their names in the catalog; all by default.',
  }),
  aliases: z
    .record(z.string().min(1), z.record(z.string().min(1), z.string().min(1)))
    .optional()
    .meta({
      description: 'Names that providers use for a model of hosted.equivalents, where they differ.',
    }),
  baseUrl: baseUrlSchema.optional(),
  timeoutSeconds: z.number().positive().max(3600).optional(),
});

export type CatalogOptions = z.output<typeof catalogOptions>;

/** Second-hand token prices of many providers from models.dev, LiteLLM or genai-prices. */
export const catalogDeclaration: KindDeclaration<CatalogOptions> = {
  kind: 'catalog',
  provides: ['prices'],
  options: catalogOptions,
  listsModels: true,
};
