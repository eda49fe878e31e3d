/** Public catalogs of GPU prices as a kind of source. */

import { lazyKind } from '../source.ts';
import { gpuCatalogOptions } from './options.ts';

/** SkyPilot and gpuhunt tell what clouds ask for GPUs, second hand and without a key. */
export const gpuCatalogKind = lazyKind(
  { kind: 'gpu-catalog', tells: ['rates'], options: gpuCatalogOptions },
  () => import('./source.ts'),
);
