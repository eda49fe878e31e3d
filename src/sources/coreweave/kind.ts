/** CoreWeave as a kind of source. */

import { lazyKind } from '../source.ts';
import { coreweaveOptions } from './options.ts';

/** CoreWeave's FOCUS export has quantities and no money: charges are these times a rate. */
export const coreweaveKind = lazyKind(
  {
    kind: 'coreweave',
    tells: ['charges', 'inventory'],
    options: coreweaveOptions,
    // Its nodes are billed, whatever state the cluster itself is in.
    states: { cluster: { billed: [], idle: [], starting: [], isOnBill: false } },
  },
  () => import('./source.ts'),
);
