/** CoreWeave as a kind of source. */

import { lazyKind } from '../source.ts';
import { coreweaveOptions } from './options.ts';

/** CoreWeave's FOCUS export has quantities and no money: charges are these times a rate. */
export const coreweaveKind = lazyKind(
  { kind: 'coreweave', tells: ['charges', 'inventory'], options: coreweaveOptions },
  () => import('./source.ts'),
);
