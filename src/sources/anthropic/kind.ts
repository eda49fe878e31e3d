/** The Anthropic source kind. */

import { lazyKind } from '../source.ts';
import { anthropicOptions } from './options.ts';

/** Charges by line item and token counts by model of an Anthropic organization. */
export const anthropicKind = lazyKind(
  { kind: 'anthropic', provides: ['charges'], options: anthropicOptions },
  () => import('./source.ts'),
);
