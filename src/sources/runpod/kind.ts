/** RunPod as a kind of source. */

import { lazyKind } from '../source.ts';
import { ENDPOINT_KEYS, LAST_HEALTH, RUNPOD_STATES, runpodOptions, WORKERS } from './options.ts';

/** RunPod's REST v2: all that it bills, what is there, and what GPUs cost. */
export const runpodKind = lazyKind(
  {
    kind: 'runpod',
    tells: ['charges', 'inventory', 'usage', 'rates'],
    options: runpodOptions,
    // Its endpoints count requests.
    matchKeys: () => ENDPOINT_KEYS,
    // The hours of serverless endpoints rest on the workers that were seen.
    samples: ['inventory'],
    recalls: WORKERS,
    rereads: LAST_HEALTH,
    // An hour's bill is there within the day; a week is for corrections.
    trailingDays: 7,
    states: RUNPOD_STATES,
  },
  () => import('./source.ts'),
);
