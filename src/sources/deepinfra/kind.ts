/** DeepInfra as a kind of source. */

import { lazyKind } from '../source.ts';
import { deepinfraOptions } from './options.ts';

/** DeepInfra: what it asks for the tokens of each model now. */
export const deepinfraKind = lazyKind(
  { kind: 'deepinfra', tells: ['prices'], options: deepinfraOptions },
  () => import('./source.ts'),
);
