/** Declares the source kind `portkey`. */

import { lazyKind } from '../source.ts';
import { FILTERS, portkeyOptions } from './options.ts';

/** Portkey: requests and total tokens by day, to compare with another source of usage. */
export const portkeyKind = lazyKind(
  { kind: 'portkey', tells: ['usage'], options: portkeyOptions, matchKeys: () => FILTERS },
  () => import('./source.ts'),
);
