/** Fireworks as a kind of source. */

import { lazyKind } from '../source.ts';
import { fireworksOptions } from './options.ts';

/** Fireworks: what an account spends by day and model, and the tokens of serverless models. */
export const fireworksKind = lazyKind(
  { kind: 'fireworks', tells: ['charges'], options: fireworksOptions },
  () => import('./source.ts'),
);
