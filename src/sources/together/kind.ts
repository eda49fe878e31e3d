/** The Together AI source kind. */

import { lazyKind } from '../source.ts';
import { togetherOptions } from './options.ts';

/**
 * Bill by day, dedicated endpoints, GPU clusters, and prices of hardware and tokens, from
 * Together's API v1. Without the billing API, charges are rebuilt from samples of endpoints and
 * clusters.
 */
export const togetherKind = lazyKind(
  {
    kind: 'together',
    provides: ['charges', 'inventory', 'rates', 'prices'],
    options: togetherOptions,
    listsModels: true,
    // A month's bill changes until its invoice is issued, early in the next month.
    trailingDays: 35,
    samples: ['inventory', 'rates'],
    states: {
      // A paused cluster saves only its on-demand part; Together documents nothing more.
      cluster: { billed: ['Ready', 'Degraded'], idle: [], starting: [], isOnBill: false },
    },
  },
  () => import('./source.ts'),
);
