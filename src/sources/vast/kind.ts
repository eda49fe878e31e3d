/** Vast.ai as a kind of source. */

import { lazyKind } from '../source.ts';
import { vastOptions } from './options.ts';

/** Charges by contract and UTC day, what is rented now, and what the market asks. */
export const vastKind = lazyKind(
  {
    kind: 'vast',
    tells: ['charges', 'inventory', 'rates'],
    options: vastOptions,
    // A day's charges may still move for some days; clients that bill by them read a week again.
    trailingDays: 7,
    states: {
      instance: {
        billed: ['running'],
        idle: ['exited', 'stopped', 'offline'],
        starting: ['created', 'loading', 'scheduling'],
        // A worker of an endpoint is an instance here and the endpoint on the bill.
        isOnBill: false,
      },
    },
  },
  () => import('./source.ts'),
);
