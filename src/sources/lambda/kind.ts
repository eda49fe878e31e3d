/** The Lambda Cloud source kind. */

import { lazyKind } from '../source.ts';
import { LAMBDA_STATES, lambdaOptions } from './options.ts';

/**
 * Lambda has no billing API; charges are rebuilt from inventory samples, the audit log and prices.
 */
export const lambdaKind = lazyKind(
  {
    kind: 'lambda',
    provides: ['charges', 'inventory', 'rates'],
    options: lambdaOptions,
    samples: ['inventory', 'rates'],
    states: LAMBDA_STATES,
  },
  () => import('./source.ts'),
);
