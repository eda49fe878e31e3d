/** The source kind of public catalogs of GPU prices. */

import { lazyKind } from '../source.ts';
import { gpuCatalogOptions } from './options.ts';

/** Second-hand GPU prices of many clouds from SkyPilot or gpuhunt, without a key. */
export const gpuCatalogKind = lazyKind(
  { kind: 'gpu-catalog', provides: ['rates'], options: gpuCatalogOptions },
  () => import('./source.ts'),
);
