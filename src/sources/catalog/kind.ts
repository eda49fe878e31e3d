/** Public catalogs of token prices as a kind of source. */

import { lazyKind } from '../source.ts';
import { catalogOptions } from './options.ts';

/** models.dev, LiteLLM and genai-prices tell what hosts ask for tokens, second hand. */
export const catalogKind = lazyKind(
  { kind: 'catalog', tells: ['prices'], options: catalogOptions, listsModels: true },
  () => import('./source.ts'),
);
