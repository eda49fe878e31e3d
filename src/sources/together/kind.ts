/** Together AI as a kind of source. */

import { lazyKind } from '../source.ts';
import { togetherOptions } from './options.ts';

/**
 * Together's API v1: its bill by day, dedicated endpoints, GPU clusters, prices of hardware and of
 * tokens. Where
 * the bill is off, charges are rebuilt from samples of endpoints and clusters.
 */
export const togetherKind = lazyKind(
  {
    kind: 'together',
    tells: ['charges', 'inventory', 'rates', 'prices'],
    options: togetherOptions,
    listsModels: true,
    // A month's bill moves until its invoice is made, early in the month that follows.
    trailingDays: 35,
    samples: ['inventory', 'rates'],
    states: {
      // Of a paused cluster only what is on demand costs nothing, and Together does not say more.
      cluster: { billed: ['Ready', 'Degraded'], idle: [], starting: [], isOnBill: false },
    },
  },
  () => import('./source.ts'),
);
