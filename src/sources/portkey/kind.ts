/** Declares the source kind `portkey`. */

import { lazyKind } from '../source.ts';
import { PORTKEY_FILTERS, portkeyOptions } from './options.ts';

/** Portkey: requests and total tokens by day, to compare with another source of usage. */
export const portkeyKind = lazyKind(
  {
    kind: 'portkey',
    provides: ['usage'],
    options: portkeyOptions,
    matchKeys: () => PORTKEY_FILTERS,
  },
  () => import('./source.ts'),
);
