/** The source kind of public catalogs of token prices. */

import { lazyKind } from '../source.ts';
import { catalogOptions } from './options.ts';

/** Second-hand token prices of many providers from models.dev, LiteLLM or genai-prices. */
export const catalogKind = lazyKind(
  { kind: 'catalog', provides: ['prices'], options: catalogOptions, listsModels: true },
  () => import('./source.ts'),
);
