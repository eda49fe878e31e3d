/** Config options of FOCUS bills in a bucket, a container or a folder. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { LAYOUTS } from '../bills/layouts.ts';
import { billOptions, checkPlace } from '../bills/options.ts';

export const focusOptions = z
  .strictObject({
    ...billOptions,
    containerUrl: secretSchema.optional(),
    layout: z.enum(LAYOUTS).default('auto'),
    match: z.string().min(1).optional(),
  })
  .check(checkPlace);

export type FocusOptions = z.output<typeof focusOptions>;
