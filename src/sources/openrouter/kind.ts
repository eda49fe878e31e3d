/** The OpenRouter source kind. */

import { lazyKind } from '../source.ts';
import { openrouterOptions } from './options.ts';

/** A model's providers with their current prices, and the account's spend by model. */
export const openrouterKind = lazyKind(
  {
    kind: 'openrouter',
    provides: ['prices', 'charges'],
    options: openrouterOptions,
    listsModels: true,
  },
  () => import('./source.ts'),
);
