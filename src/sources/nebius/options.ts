/** What rentcheck.yaml may say of Nebius: where its hourly export lies. */

import { z } from 'zod';
import { billOptions, checkPlace } from '../bills/options.ts';

export const nebiusOptions = z.strictObject(billOptions).check(checkPlace);

export type NebiusOptions = z.output<typeof nebiusOptions>;
