/** Config options of FOCUS bills in a bucket or a folder, and the declaration of the kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { LAYOUTS } from '../bills/layouts.ts';
import { billOptions, checkPlace } from '../bills/options.ts';
import type { KindDeclaration } from '../source.ts';

export const focusOptions = z
  .strictObject({
    ...billOptions,
    containerUrl: secretSchema.optional(),
    layout: z.enum(LAYOUTS).default('auto'),
    match: z.string().min(1).optional(),
  })
  .check(checkPlace);

export type FocusOptions = z.output<typeof focusOptions>;

/** Cloud bills: FOCUS exports in a bucket, container or folder. */
export const focusDeclaration: KindDeclaration<FocusOptions> = {
  // A month is settled some days after its end. Providers restate it until then.
  kind: 'focus',
  provides: ['charges'],
  options: focusOptions,
  trailingDays: 21,
};
