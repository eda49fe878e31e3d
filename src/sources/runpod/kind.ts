/** The RunPod source kind. */

import { lazyKind } from '../source.ts';
import {
  ENDPOINT_KEYS,
  HEALTH_REREAD,
  RUNPOD_STATES,
  runpodOptions,
  WORKER_RECALL,
} from './options.ts';

/** Charges, inventory and GPU prices of a RunPod account, from its REST API v2. */
export const runpodKind = lazyKind(
  {
    kind: 'runpod',
    provides: ['charges', 'inventory', 'usage', 'rates'],
    options: runpodOptions,
    // Serverless endpoints count requests.
    matchKeys: () => ENDPOINT_KEYS,
    // Hours of serverless endpoints come from observed workers.
    samples: ['inventory'],
    recalls: WORKER_RECALL,
    rereads: HEALTH_REREAD,
    // An hour is billed within a day; a week allows for corrections.
    trailingDays: 7,
    states: RUNPOD_STATES,
  },
  () => import('./source.ts'),
);
