/** OpenRouter as a kind of source. */

import { lazyKind } from '../source.ts';
import { openrouterOptions } from './options.ts';

/** OpenRouter: who sells a model now, at what price, in which quantization, and how reachable. */
export const openrouterKind = lazyKind(
  { kind: 'openrouter', tells: ['prices'], options: openrouterOptions, listsModels: true },
  () => import('./source.ts'),
);
