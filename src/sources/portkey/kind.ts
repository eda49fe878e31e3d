/** Portkey as a kind of source. */

import { lazyKind } from '../source.ts';
import { FILTERS, portkeyOptions } from './options.ts';

/** Portkey: requests and the total of their tokens by day, to compare with another meter. */
export const portkeyKind = lazyKind(
  { kind: 'portkey', tells: ['usage'], options: portkeyOptions, matchKeys: () => FILTERS },
  () => import('./source.ts'),
);
