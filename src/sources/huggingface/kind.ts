/** The Hugging Face router source kind. */

import { lazyKind } from '../source.ts';
import { huggingfaceOptions } from './options.ts';

/** The providers of a model behind Hugging Face's router, with their current prices. */
export const huggingfaceKind = lazyKind(
  { kind: 'huggingface', provides: ['prices'], options: huggingfaceOptions, listsModels: true },
  () => import('./source.ts'),
);
