/** OpenRouter as a kind of source. */

import { lazyKind } from '../source.ts';
import { openrouterOptions } from './options.ts';

/** OpenRouter: who sells a model now, at what price; and what was spent there, by model. */
export const openrouterKind = lazyKind(
  {
    kind: 'openrouter',
    tells: ['prices', 'charges'],
    options: openrouterOptions,
    listsModels: true,
  },
  () => import('./source.ts'),
);
