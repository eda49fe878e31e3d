/** The Crusoe Cloud source kind. */

import { lazyKind } from '../source.ts';
import { crusoeOptions } from './options.ts';

/** Daily costs and VMs of an organization, from Crusoe's API v1. */
export const crusoeKind = lazyKind(
  {
    kind: 'crusoe',
    provides: ['charges', 'inventory'],
    options: crusoeOptions,
    // Crusoe does not say when a day's costs are final, so they are read again until the month is
    // over.
    trailingDays: 35,
    states: {
      instance: {
        billed: ['STATE_RUNNING'],
        idle: [],
        starting: [],
        // Costs are per project, region and type, not per VM.
        isOnBill: false,
      },
    },
  },
  () => import('./source.ts'),
);
