/** Declares the source kind `langfuse`. */

import { lazyKind } from '../source.ts';
import { langfuseOptions, READABLE } from './options.ts';

/** Langfuse: calls to models from its traces, summed by hour or day. */
export const langfuseKind = lazyKind(
  { kind: 'langfuse', tells: ['usage'], options: langfuseOptions, matchKeys: () => READABLE.match },
  () => import('./source.ts'),
);
