/** The CoreWeave source kind. */

import { lazyKind } from '../source.ts';
import { coreweaveOptions } from './options.ts';

/** CoreWeave's FOCUS export has quantities and no costs; charges are quantity times rate. */
export const coreweaveKind = lazyKind(
  {
    kind: 'coreweave',
    provides: ['charges', 'inventory'],
    options: coreweaveOptions,
    // Nodes are billed whatever the state of their cluster.
    states: { cluster: { billed: [], idle: [], starting: [], isOnBill: false } },
  },
  () => import('./source.ts'),
);
