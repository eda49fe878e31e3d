/** Options of a Nebius source in rentcheck.yaml: where its export is. Declares its kind. */

import { z } from 'zod';
import { billOptions, checkPlace } from '../bills/options.ts';
import type { KindDeclaration } from '../source.ts';

export const nebiusOptions = z.strictObject(billOptions).check(checkPlace);

export type NebiusOptions = z.output<typeof nebiusOptions>;

/** Nebius' hourly charges, from its FOCUS export in a bucket. */
export const nebiusDeclaration: KindDeclaration<NebiusOptions> = {
  kind: 'nebius',
  provides: ['charges'],
  options: nebiusOptions,
  trailingDays: 14,
};
