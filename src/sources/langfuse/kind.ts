/** Langfuse as a kind of source. */

import { lazyKind } from '../source.ts';
import { langfuseOptions, READABLE } from './options.ts';

/** Langfuse: what its traces say of calls to models, summed by hour or day. */
export const langfuseKind = lazyKind(
  { kind: 'langfuse', tells: ['usage'], options: langfuseOptions, matchKeys: () => READABLE.match },
  () => import('./source.ts'),
);
