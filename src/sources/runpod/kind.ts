/** The RunPod source kind. */

import { lazyKind } from '../source.ts';
import { ENDPOINT_KEYS, LAST_HEALTH, RUNPOD_STATES, runpodOptions, WORKERS } from './options.ts';

/** Charges, inventory and GPU prices of a RunPod account, from its REST API v2. */
export const runpodKind = lazyKind(
  {
    kind: 'runpod',
    tells: ['charges', 'inventory', 'usage', 'rates'],
    options: runpodOptions,
    // Serverless endpoints count requests.
    matchKeys: () => ENDPOINT_KEYS,
    // Hours of serverless endpoints come from observed workers.
    samples: ['inventory'],
    recalls: WORKERS,
    rereads: LAST_HEALTH,
    // An hour is billed within a day; a week allows for corrections.
    trailingDays: 7,
    states: RUNPOD_STATES,
  },
  () => import('./source.ts'),
);
