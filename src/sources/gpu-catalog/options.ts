/** Options of a GPU-price catalog source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import type { KindDeclaration } from '../source.ts';

export const gpuCatalogOptions = z.strictObject({
  catalog: z.enum(['skypilot', 'gpuhunt']),
  providers: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,40}$/))
    .min(1)
    .meta({ description: 'Providers whose prices are read, by their names in the catalog.' }),
  regions: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .meta({ description: 'Regions that count, with * as a wildcard; all of them by default.' }),
  baseUrl: baseUrlSchema.optional(),
  timeoutSeconds: z.number().positive().max(3600).optional(),
});

export type GpuCatalogOptions = z.output<typeof gpuCatalogOptions>;

/** Second-hand GPU prices of many clouds from SkyPilot or gpuhunt, without a key. */
export const gpuCatalogDeclaration: KindDeclaration<GpuCatalogOptions> = {
  kind: 'gpu-catalog',
  provides: ['rates'],
  options: gpuCatalogOptions,
};
