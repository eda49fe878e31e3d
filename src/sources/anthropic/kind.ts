/** Anthropic as a kind of source. */

import { lazyKind } from '../source.ts';
import { anthropicOptions } from './options.ts';

/** Anthropic: what an organization spends on its API by line, and the tokens by model. */
export const anthropicKind = lazyKind(
  { kind: 'anthropic', tells: ['charges'], options: anthropicOptions },
  () => import('./source.ts'),
);
