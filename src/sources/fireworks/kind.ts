/** The Fireworks source kind. */

import { lazyKind } from '../source.ts';
import { fireworksOptions } from './options.ts';

/** Charges by day and model, and tokens of serverless models, of a Fireworks account. */
export const fireworksKind = lazyKind(
  { kind: 'fireworks', provides: ['charges'], options: fireworksOptions },
  () => import('./source.ts'),
);
