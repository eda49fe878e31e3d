/** DigitalOcean as a kind of source. */

import { lazyKind } from '../source.ts';
import { digitaloceanOptions } from './options.ts';

/** DigitalOcean's API v2: daily estimates, then invoices; GPU Droplets and their prices. */
export const digitaloceanKind = lazyKind(
  {
    kind: 'digitalocean',
    tells: ['charges', 'inventory', 'rates'],
    options: digitaloceanOptions,
    // The invoice of a month comes at the start of the next one.
    trailingDays: 35,
    states: {
      // One that is off costs what it costs when it is on. Estimates have names and no ids.
      instance: { billed: ['active', 'off'], idle: [], starting: ['new'], isOnBill: false },
    },
  },
  () => import('./source.ts'),
);
