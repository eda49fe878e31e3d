/** Declares the source kind `focus`. */

import { lazyKind } from '../source.ts';
import { focusOptions } from './options.ts';

/** Cloud bills: FOCUS exports in a bucket, container or folder. */
export const focusKind = lazyKind(
  // A month is settled some days after its end. Providers restate it until then.
  { kind: 'focus', provides: ['charges'], options: focusOptions, trailingDays: 21 },
  () => import('./source.ts'),
);
