/** Lambda Cloud as a kind of source. */

import { lazyKind } from '../source.ts';
import { lambdaOptions } from './options.ts';

/** Lambda has no billing API: charges are rebuilt from samples, the audit log and prices. */
export const lambdaKind = lazyKind(
  {
    kind: 'lambda',
    tells: ['charges', 'inventory', 'rates'],
    options: lambdaOptions,
    samples: ['inventory'],
  },
  () => import('./source.ts'),
);
