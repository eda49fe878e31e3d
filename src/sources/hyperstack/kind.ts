/** The Hyperstack source kind. */

import { lazyKind } from '../source.ts';
import { hyperstackOptions } from './options.ts';

/**
 * Costs by day and resource, VMs, volumes, clusters and prices, from Hyperstack's Infrahub API v1.
 */
export const hyperstackKind = lazyKind(
  {
    kind: 'hyperstack',
    provides: ['charges', 'inventory', 'rates'],
    options: hyperstackOptions,
    // Hyperstack does not say when a day's costs are final, so they are read again until the month
    // is over.
    trailingDays: 35,
    states: {
      // A VM that is shut off is still billed. A node may be billed with its cluster.
      instance: {
        billed: ['ACTIVE', 'SHUTOFF'],
        idle: ['HIBERNATED'],
        starting: ['CREATING', 'BUILD'],
        isOnBill: false,
      },
      cluster: { billed: ['ACTIVE'], idle: [], starting: [], isOnBill: false },
    },
  },
  () => import('./source.ts'),
);
