/** The Nebius Token Factory source kind. */

import { lazyKind } from '../source.ts';
import { tokenFactoryOptions } from './options.ts';

/** Nebius Token Factory's current token prices by model. */
export const tokenFactoryKind = lazyKind(
  {
    kind: 'nebius-token-factory',
    provides: ['prices'],
    options: tokenFactoryOptions,
    listsModels: true,
  },
  () => import('./source.ts'),
);
