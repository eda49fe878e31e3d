/** DeepInfra as a kind of source. */

import { lazyKind } from '../source.ts';
import { deepinfraOptions } from './options.ts';

/** DeepInfra: what it asks for the tokens of each model now; and what was spent there, by model. */
export const deepinfraKind = lazyKind(
  {
    kind: 'deepinfra',
    tells: ['prices', 'charges'],
    options: deepinfraOptions,
    listsModels: true,
    // A month's bill moves until its invoice is made, early in the month that follows.
    trailingDays: 35,
  },
  () => import('./source.ts'),
);
