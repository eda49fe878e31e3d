/** Bills in FOCUS as a kind of source. */

import { lazyKind } from '../source.ts';
import { focusOptions } from './options.ts';

/** What clouds bill: the exports that they write into a bucket, read as they come. */
export const focusKind = lazyKind(
  // A month is settled some days after its end; clouds restate it until then.
  { kind: 'focus', tells: ['charges'], options: focusOptions, trailingDays: 21 },
  () => import('./source.ts'),
);
