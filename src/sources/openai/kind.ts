/** The OpenAI source kind. */

import { lazyKind } from '../source.ts';
import { openaiOptions } from './options.ts';

/** Charges by line item and token counts by model of an OpenAI organization. */
export const openaiKind = lazyKind(
  { kind: 'openai', provides: ['charges'], options: openaiOptions },
  () => import('./source.ts'),
);
