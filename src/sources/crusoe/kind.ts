/** Crusoe Cloud as a kind of source. */

import { lazyKind } from '../source.ts';
import { crusoeOptions } from './options.ts';

/** Crusoe's API v1: daily costs of an organization, and its VMs. */
export const crusoeKind = lazyKind(
  {
    kind: 'crusoe',
    tells: ['charges', 'inventory'],
    options: crusoeOptions,
    // Crusoe does not say when a day's costs are final: they are read again until the month is.
    trailingDays: 35,
    states: {
      instance: {
        billed: ['STATE_RUNNING'],
        idle: [],
        starting: [],
        // Costs are told by place and type.
        isOnBill: false,
      },
    },
  },
  () => import('./source.ts'),
);
