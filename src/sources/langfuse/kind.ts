/** Declares the source kind `langfuse`. */

import { lazyKind } from '../source.ts';
import { langfuseOptions, LANGFUSE_FIELDS } from './options.ts';

/** Langfuse: calls to models from its traces, summed by hour or day. */
export const langfuseKind = lazyKind(
  {
    kind: 'langfuse',
    provides: ['usage'],
    options: langfuseOptions,
    matchKeys: () => LANGFUSE_FIELDS.match,
  },
  () => import('./source.ts'),
);
