/** Options of a Nebius source in rentcheck.yaml: the location of its hourly FOCUS export. */

import { z } from 'zod';
import { billOptions, checkPlace } from '../bills/options.ts';

export const nebiusOptions = z.strictObject(billOptions).check(checkPlace);

export type NebiusOptions = z.output<typeof nebiusOptions>;
