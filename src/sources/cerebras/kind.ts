/** Cerebras as a kind of source. */

import { lazyKind } from '../source.ts';
import { cerebrasOptions } from './options.ts';

/** Cerebras: what it asks for the tokens of each model now. */
export const cerebrasKind = lazyKind(
  { kind: 'cerebras', tells: ['prices'], options: cerebrasOptions, listsModels: true },
  () => import('./source.ts'),
);
