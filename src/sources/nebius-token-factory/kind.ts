/** Nebius Token Factory as a kind of source. */

import { lazyKind } from '../source.ts';
import { tokenFactoryOptions } from './options.ts';

/** Nebius Token Factory: what it asks for the tokens of each model now. */
export const tokenFactoryKind = lazyKind(
  {
    kind: 'nebius-token-factory',
    tells: ['prices'],
    options: tokenFactoryOptions,
    listsModels: true,
  },
  () => import('./source.ts'),
);
