/** The Cerebras source kind. */

import { lazyKind } from '../source.ts';
import { cerebrasOptions } from './options.ts';

/** Cerebras' current token prices by model. */
export const cerebrasKind = lazyKind(
  { kind: 'cerebras', provides: ['prices'], options: cerebrasOptions, listsModels: true },
  () => import('./source.ts'),
);
