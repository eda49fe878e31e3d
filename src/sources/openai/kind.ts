/** OpenAI as a kind of source. */

import { lazyKind } from '../source.ts';
import { openaiOptions } from './options.ts';

/** OpenAI: what an organization spends on its API by line item, and the tokens by model. */
export const openaiKind = lazyKind(
  { kind: 'openai', tells: ['charges'], options: openaiOptions },
  () => import('./source.ts'),
);
