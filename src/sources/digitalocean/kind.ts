/** The DigitalOcean source kind. */

import { lazyKind } from '../source.ts';
import { digitaloceanOptions } from './options.ts';

/** Daily estimates, then invoices; GPU Droplets and their prices, from DigitalOcean's API v2. */
export const digitaloceanKind = lazyKind(
  {
    kind: 'digitalocean',
    provides: ['charges', 'inventory', 'rates'],
    options: digitaloceanOptions,
    // A month's invoice is issued at the start of the next month.
    trailingDays: 35,
    states: {
      // A Droplet costs the same when it is off. Estimates have names and no ids.
      instance: { billed: ['active', 'off'], idle: [], starting: ['new'], isOnBill: false },
    },
  },
  () => import('./source.ts'),
);
