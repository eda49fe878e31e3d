/** The Nebius source kind. */

import { lazyKind } from '../source.ts';
import { nebiusOptions } from './options.ts';

/** Nebius' hourly charges, from its FOCUS export in a bucket. */
export const nebiusKind = lazyKind(
  { kind: 'nebius', provides: ['charges'], options: nebiusOptions, trailingDays: 14 },
  () => import('./source.ts'),
);
