/** The DeepInfra source kind. */

import { lazyKind } from '../source.ts';
import { deepinfraOptions } from './options.ts';

/** DeepInfra's current token prices by model, and the account's spend by model. */
export const deepinfraKind = lazyKind(
  {
    kind: 'deepinfra',
    provides: ['prices', 'charges'],
    options: deepinfraOptions,
    listsModels: true,
    // A month's bill changes until its invoice is issued, early in the next month.
    trailingDays: 35,
  },
  () => import('./source.ts'),
);
