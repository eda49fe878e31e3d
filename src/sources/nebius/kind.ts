/** Nebius as a kind of source. */

import { lazyKind } from '../source.ts';
import { nebiusOptions } from './options.ts';

/** What Nebius bills, hour by hour, as its export in a bucket says. */
export const nebiusKind = lazyKind(
  { kind: 'nebius', tells: ['charges'], options: nebiusOptions, trailingDays: 14 },
  () => import('./source.ts'),
);
