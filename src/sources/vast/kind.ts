/** The Vast.ai source kind. */

import { lazyKind } from '../source.ts';
import { vastOptions } from './options.ts';

/** Charges by contract and UTC day, current instances, and market prices. */
export const vastKind = lazyKind(
  {
    kind: 'vast',
    provides: ['charges', 'inventory', 'rates'],
    options: vastOptions,
    // A day's charges may change for some days; other billing clients reread a week.
    trailingDays: 7,
    states: {
      instance: {
        billed: ['running'],
        idle: ['exited', 'stopped', 'offline'],
        starting: ['created', 'loading', 'scheduling'],
        // An endpoint's worker is an instance in the inventory and the endpoint on the bill.
        isOnBill: false,
      },
    },
  },
  () => import('./source.ts'),
);
