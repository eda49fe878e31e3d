/** Hyperstack as a kind of source. */

import { lazyKind } from '../source.ts';
import { hyperstackOptions } from './options.ts';

/** Hyperstack's Infrahub API v1: costs by day and resource, VMs, volumes, clusters and prices. */
export const hyperstackKind = lazyKind(
  {
    kind: 'hyperstack',
    tells: ['charges', 'inventory', 'rates'],
    options: hyperstackOptions,
    // Hyperstack does not say when a day's costs are final: they are read again until the month is.
    trailingDays: 35,
    states: {
      // One that is shut off goes on costing. A node may be billed with its cluster.
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
