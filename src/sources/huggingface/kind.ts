/** Hugging Face's router as a kind of source. */

import { lazyKind } from '../source.ts';
import { huggingfaceOptions } from './options.ts';

/** Hugging Face's router: which partners serve a model now, and at what price. */
export const huggingfaceKind = lazyKind(
  { kind: 'huggingface', tells: ['prices'], options: huggingfaceOptions, listsModels: true },
  () => import('./source.ts'),
);
